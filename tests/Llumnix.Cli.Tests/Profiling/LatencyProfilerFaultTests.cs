using System.Net;
using Llumnix.Cli.Profiling;
using Llumnix.Adapters.Profiles;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Profiling;

/// <summary>What engines send that is no measurement: the cell is refused in words, or measured right all the same.</summary>
public sealed class LatencyProfilerFaultTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();
    private readonly FakeTimeProvider _time = new();
    private readonly List<ProfileCell> _cells = [];

    public void Dispose() => _directory.Delete(recursive: true);

    public static TheoryData<string> ErrorEvents =>
    [
        """{"error":{"message":"out of memory","type":"InternalServerError","code":500}}""",
        """{"object":"error","message":"out of memory","type":"InternalServerError","code":500}""",
        """{"error":"out of memory"}""",
        """{"choices":[{"index":0,"text":"","finish_reason":"abort"}]}""",
        """{"choices":[{"index":0,"text":"","finish_reason":"error"}]}""",
        "no JSON",
    ];

    [Theory]
    [MemberData(nameof(ErrorEvents))]
    public async Task Measure_ErrorEvent_IsNoToken(string data)
    {
        using var engine = Engine(error: (0, data));
        await PrefillAsync(engine, 100);
        AssertRefused("the engine sent an error: ");
    }

    [Fact]
    public async Task Measure_ErrorEventAmidTheStream_RefusesTheDecode()
    {
        using var engine = Engine(error: (20, """{"error":{"message":"out of memory"}}"""));
        await DecodeAsync(engine);
        AssertRefused("the engine sent an error: out of memory");
    }

    [Fact]
    public async Task Measure_EmptyFirstEvent_IsNoToken()
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { HasEmptyFirstEvent = true };
        await PrefillAsync(engine, 100);
        Assert.Equal(60, Assert.Single(_cells).Milliseconds);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(4, false)]
    [InlineData(8, false)]
    [InlineData(8, true)]
    public async Task Measure_SeveralTokensPerEvent_StepIsTheTimeOfOneToken(int tokens, bool hasContinuousUsage)
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { TokensPerEvent = tokens, HasContinuousUsage = hasContinuousUsage };
        await DecodeAsync(engine);
        Assert.Equal(7, Assert.Single(_cells).Milliseconds!.Value, 1e-6);
    }

    [Fact]
    public async Task Measure_SlowModelsRoute_IsNotTakenForTheNetwork()
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { RoundTripMs = 3, ModelsMs = 40 };
        await PrefillAsync(engine, 100);
        Assert.Equal(60, Assert.Single(_cells).Milliseconds);
    }

    /// <summary>What the engine's HTTP server takes is no prefill.</summary>
    [Theory]
    [InlineData(3, HttpStatusCode.BadRequest, 60)]
    [InlineData(9, HttpStatusCode.BadRequest, 54)]
    [InlineData(9, HttpStatusCode.UnprocessableEntity, 54)]
    [InlineData(9, HttpStatusCode.OK, 60)]
    [InlineData(9, HttpStatusCode.NotFound, 60)]
    [InlineData(1, HttpStatusCode.BadRequest, 60)]
    [InlineData(50, HttpStatusCode.BadRequest, 60)]
    public async Task Measure_RefusedRequests_AreTakenOffWhereTheyAreAnsweredAtOnce(double milliseconds, HttpStatusCode status, double expected)
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { RoundTripMs = 3, RefusalMs = milliseconds, RefusalStatus = status };
        await PrefillAsync(engine, 100);
        Assert.Equal(expected, Assert.Single(_cells).Milliseconds);
    }

    [Fact]
    public async Task Measure_StoppedEarly_IsRefused()
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { Answered = asked => asked - 3, FinishReason = "stop" };
        await DecodeAsync(engine);
        AssertRefused("ignore_eos");
    }

    [Fact]
    public async Task Measure_MoreTokensThanAskedFor_IsRefused()
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { Answered = asked => asked * 10 };
        await DecodeAsync(engine);
        AssertRefused("more than the");
    }

    [Fact]
    public async Task Measure_PromptOfAnotherLength_IsRefused()
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { Counted = sent => sent * 2 };
        await PrefillAsync(engine, 100);
        AssertRefused("counted 200 prompt tokens of 100");
    }

    [Fact]
    public async Task Measure_PrefixCacheHit_SpoilsThePrefill()
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { CachedTokens = 96 };
        await PrefillAsync(engine, 100);
        AssertRefused("--no-enable-prefix-caching");
    }

    [Fact]
    public async Task Measure_NoUsage_IsRefused()
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { HasUsage = false };
        await PrefillAsync(engine, 100);
        AssertRefused("include_usage");
    }

    [Fact]
    public async Task Measure_LongerPromptTakesLess_IsRefused()
    {
        using var engine = new PacedEngine(_time, tokens => tokens > 500 ? 10 : 60, 7);
        await PrefillAsync(engine, 100, 1000);
        Assert.Equal([60, null], _cells.Select(cell => cell.Milliseconds));
    }

    [Fact]
    public async Task Measure_LargerBatchOrContextTakesLess_IsRefused()
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { Outliers = { [3] = 0.5, [4] = 0.5 } };
        await Profiler(engine, new ProfileGrid { BatchSizes = [1], TokensPerRequest = [500, 1000], Repeats = 2 }).MeasureDecodeAsync(Open("d.json"), Cancellation);
        Assert.Equal([7.0, null], _cells.Select(cell => cell.Milliseconds));
    }

    [Fact]
    public async Task Measure_SamplesFarApart_AreRefused()
    {
        using var engine = new PacedEngine(_time, _ => 60, 7) { Outliers = { [2] = 9, [3] = 4, [5] = 2 } };
        await Profiler(engine, new ProfileGrid { PromptTokens = [100], Repeats = 5 }).MeasurePrefillAsync(Open("t.json"), Cancellation);
        AssertRefused("must be idle");
    }

    [Fact]
    public async Task Measure_PrefillDoesNotGrow_IsRefused()
    {
        using var engine = new PacedEngine(_time, _ => 20, 7);
        await PrefillAsync(engine, 64, 4096);
        Assert.Equal([20, null], _cells.Select(cell => cell.Milliseconds));
    }

    /// <summary>A context that is too long for the model costs its cell, not the whole run.</summary>
    [Fact]
    public async Task Measure_EngineRefusesACell_GoesOn()
    {
        using var engine = new PacedEngine(_time, _ => 20, 7) { Status = HttpStatusCode.BadRequest };
        await PrefillAsync(engine, 64, 4096);
        Assert.Equal([null, null], _cells.Select(cell => cell.Milliseconds));
        Assert.False(File.Exists(Path.Combine(_directory.FullName, "t.json")));
    }

    [Fact]
    public async Task Measure_AllTokensAtOnce_IsRefused()
    {
        using var engine = new PacedEngine(_time, _ => 60, 0);
        await DecodeAsync(engine);
        AssertRefused("holds the stream back");
    }

    [Fact]
    public async Task Measure_EngineThatHangs_IsRefusedAfterTheTimeout()
    {
        using var engine = new PacedEngine(_time, _ => 60, 0) { HasEmptyFirstEvent = true, Hangs = true };
        Task measuring = PrefillAsync(engine, 100);
        await engine.Hung.Task.WaitAsync(Cancellation);
        _time.Advance(TimeSpan.FromMinutes(5));
        await measuring;
        AssertRefused("not done within 300 s");
    }

    private void AssertRefused(string part)
    {
        ProfileCell cell = Assert.Single(_cells);
        Assert.Null(cell.Milliseconds);
        Assert.Contains(part, cell.Refusal, StringComparison.Ordinal);
        Assert.Empty(_directory.GetFiles());
    }

    [Fact]
    public async Task Measure_Requests_AskForExactlyTheirTokens()
    {
        using var engine = new PacedEngine(_time, _ => 60, 7);
        await PrefillAsync(engine, 2);
        Assert.Matches(
            """^\{"model":"m","prompt":\[\d+,\d+\],"max_tokens":1,"stream":true,"ignore_eos":true,"min_tokens":1,"stream_options":\{"include_usage":true,"continuous_usage_stats":true\},"temperature":0\}$""",
            engine.Bodies[^1]);
    }

    private PacedEngine Engine((int AfterTokens, string Data) error) => new(_time, _ => 60, 7) { Error = error };

    private Task PrefillAsync(PacedEngine engine, params int[] tokens) =>
        Profiler(engine, new ProfileGrid { PromptTokens = tokens, Repeats = 1 }).MeasurePrefillAsync(Open("t.json"), Cancellation);

    private Task DecodeAsync(PacedEngine engine) =>
        Profiler(engine, new ProfileGrid { BatchSizes = [1], TokensPerRequest = [1000], Repeats = 1, DecodeSteps = 32 }).MeasureDecodeAsync(Open("d.json"), Cancellation);

    private LatencyProfiler Profiler(PacedEngine engine, ProfileGrid grid) => new(
        new LatencyProbe(new HttpClient(engine, disposeHandler: false), new Uri("http://engine:8000"), "m", null, new Random(1), _time),
        new FixedRoundTrip(engine.RoundTripMs),
        grid,
        _time,
        new ListProgress(_cells));

    private ProfileTableFile Open(string name) => ProfileTableFile.Open(Path.Combine(_directory.FullName, name), "m", "test", _time);

    private sealed class ListProgress(List<ProfileCell> cells) : IProgress<ProfileCell>
    {
        public void Report(ProfileCell value) => cells.Add(value);
    }
}
