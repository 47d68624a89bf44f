using System.Text.Json;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.WhatIf;

namespace Llumnix.Server.Tests.WhatIf;

public sealed class WhatIfJobTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Four engines with small KV caches can do what one of them cannot.</summary>
    [Fact]
    public void Flood_IsWorseThanLoadBalance()
    {
        RecordedScheduler scheduler = new RecordedScheduler().With(requests: 400, promptTokens: 800, outputTokens: 200, perSecond: 20);
        using WhatIfJob job = Prepare(scheduler, Ask("flood"));
        double progress = 0;
        WhatIfResult result = job.Play(share => progress = share, Cancellation)!;
        Assert.Equal((400, 20, 4, 400, 3), (result.Input.Requests, (int)Math.Round(result.Input.Rate), result.Input.Engines, result.Input.KnownOutputs, result.Input.Seeds));
        Assert.True(Of(result, "ttft_p99_ms").Changed.Mean > 2 * Of(result, "ttft_p99_ms").Present.Mean);
        Assert.True(Of(result, "imbalance").Changed.Mean > 1.5 && Of(result, "imbalance").Present.Mean < 1.5);
        WhatIfMeasure attainment = Of(result, "attainment");
        Assert.Equal(attainment.Difference.Mean!.Value, attainment.Changed.Mean!.Value - attainment.Present.Mean!.Value, 1e-3);
        Assert.Collection(
            result.Verdict,
            static best => Assert.StartsWith("At 20 req/s, over 3 seeds, the present options did best: ", best, StringComparison.Ordinal),
            static behind => Assert.StartsWith("At 20 req/s, clearly behind: the changed options, ", behind, StringComparison.Ordinal));
        Assert.Contains(result.Notes, note => note.Contains("h200-llama-3.1-8b-fp8", StringComparison.Ordinal));
        Assert.Contains("The lengths of all answers are known, 200 tokens on average.", result.Notes);
        Assert.InRange(progress, 0.1, 1);
    }

    /// <summary>At the same seed both play the same: what does not differ in options does not differ in results.</summary>
    [Fact]
    public void SameOptions_AreNotPlayed()
    {
        RecordedScheduler scheduler = new RecordedScheduler().With(requests: 60, promptTokens: 800, outputTokens: 50, perSecond: 20);
        Assert.Null(WhatIfJob.Prepare(Ask("load-balance"), scheduler.ToSource(), scheduler.NowMs, out string error, out bool isOfQuestion));
        Assert.Equal("the scheduler runs with --scheduling-policy=load-balance already: there is nothing to compare", error);
        Assert.True(isOfQuestion);
    }

    [Fact]
    public void Slo_WithoutTables_IsGivenThoseOfTheModel_WhichAreGoneAfterwards()
    {
        RecordedScheduler scheduler = new RecordedScheduler().With(requests: 60, promptTokens: 800, outputTokens: 50, perSecond: 20);
        WhatIfResult result;
        using (WhatIfJob job = Prepare(scheduler, Ask("slo")))
        {
            result = job.Play(static _ => { }, Cancellation)!;
        }

        Assert.Contains(result.Notes, static note => note.StartsWith("The changed scheduler is given the simulated engines' step times", StringComparison.Ordinal));
        Assert.Equal(1, Of(result, "attainment").Changed.Mean);
    }

    [Fact]
    public void Notes_TellWhatIsLeftOut()
    {
        var scheduler = new RecordedScheduler { Fleet = static () => RecordedScheduler.EnginesOf(4, stale: 1) };
        scheduler.Place("r");
        using WhatIfJob job = Prepare(scheduler, Ask("flood") with { Seeds = 1 });
        WhatIfResult result = job.Play(static _ => { }, Cancellation)!;
        Assert.Equal(3, result.Input.Engines);
        Assert.Contains("1 of 4 instances get no requests now and are left out.", result.Notes);
        Assert.Contains(result.Notes, static note => note.StartsWith("No gateway has reported how long answers were", StringComparison.Ordinal));
        Assert.Null(result.ObservedTtftMs);
        Assert.Null(Of(result, "ttft_p50_ms").Present.HalfWidth);
    }

    [Fact]
    public void Cancelled_TheSeedsThatWerePlayedCount()
    {
        RecordedScheduler scheduler = new RecordedScheduler().With(requests: 300, promptTokens: 800, outputTokens: 400, perSecond: 20);
        using WhatIfJob job = Prepare(scheduler, Ask("flood") with { Seeds = 10 });
        using var ended = new CancellationTokenSource();
        WhatIfResult result = job.Play(
            share =>
            {
                if (share > 0.15)
                {
                    ended.Cancel();
                }
            },
            ended.Token)!;
        Assert.InRange(result.Input.Seeds, 1, 9);
        Assert.Contains(result.Notes, note => note.StartsWith($"Only {result.Input.Seeds} of 10 seeds were played in time", StringComparison.Ordinal));
        Assert.Null(job.Play(static _ => { }, ended.Token));
    }

    [Theory]
    [InlineData("""{"scheduling-policy": "fastest"}""", "--scheduling-policy")]
    [InlineData("""{"dispatch-top-k": 0}""", "--dispatch-top-k: ")]
    [InlineData("""{"enable-adaptive-pd": true}""", "--enable-adaptive-pd: needs --scheduling-policy slo")]
    public void UnusableOption_IsRefusedByItsName(string overrides, string expected)
    {
        var scheduler = new RecordedScheduler();
        scheduler.Place("r");
        Assert.Null(WhatIfJob.Prepare(
            new WhatIfQuestion { Overrides = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(overrides) }, scheduler.ToSource(), scheduler.NowMs, out string error, out bool isOfQuestion));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.True(isOfQuestion);
    }

    [Fact]
    public void NothingToPlay_IsSaid()
    {
        var scheduler = new RecordedScheduler();
        Assert.Equal("no request has come in the last 5 min", Refused());
        scheduler.Place("r");
        scheduler.Fleet = static () => RecordedScheduler.EnginesOf(2, stale: 2);
        Assert.Equal("no instance may get requests now", Refused());
        scheduler.Fleet = static () => RecordedScheduler.EnginesOf(1025);
        Assert.Equal("the fleet has 1025 instances, of which at most 1024 can be simulated", Refused());

        string Refused()
        {
            Assert.Null(WhatIfJob.Prepare(Ask("flood"), scheduler.ToSource(), scheduler.NowMs, out string error, out bool isOfQuestion));
            Assert.False(isOfQuestion);
            return error;
        }
    }

    [Fact]
    public void PresentOptionsThatCannotBeRead_AreTold_AndNoFaultOfTheQuestion()
    {
        var scheduler = new RecordedScheduler();
        scheduler.Place("r");
        Assert.Null(WhatIfJob.Prepare(Ask("flood"), scheduler.ToSource("--scheduling-policy=mine"), scheduler.NowMs, out string error, out bool isOfQuestion));
        Assert.StartsWith("the present options cannot be simulated: --scheduling-policy", error, StringComparison.Ordinal);
        Assert.False(isOfQuestion);
    }

    private static WhatIfQuestion Ask(string policy) => new() { Overrides = new Dictionary<string, JsonElement> { ["scheduling-policy"] = JsonSerializer.SerializeToElement(policy) } };

    private static WhatIfJob Prepare(RecordedScheduler scheduler, WhatIfQuestion question)
    {
        WhatIfJob? job = WhatIfJob.Prepare(question, scheduler.ToSource(), scheduler.NowMs, out string error, out _);
        Assert.Equal("", error);
        return job!;
    }

    private static WhatIfMeasure Of(WhatIfResult result, string name) => result.Measures.Single(measure => measure.Name == name);
}
