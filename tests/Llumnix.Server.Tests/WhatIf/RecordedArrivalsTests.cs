using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.WhatIf;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Server.Tests.WhatIf;

public sealed class RecordedArrivalsTests : IAsyncDisposable
{
    private readonly RecordedScheduler _scheduler = new();

    public ValueTask DisposeAsync() => _scheduler.DisposeAsync();

    [Fact]
    public void Requests_KeepTheirTimesAndLengths_AndThoseOfAnotherTimeAreLeftOut()
    {
        _scheduler.Place("old");
        _scheduler.Time.Advance(TimeSpan.FromMinutes(2));
        _scheduler.Place("r0", 200);
        _scheduler.Time.Advance(TimeSpan.FromMilliseconds(250));
        _scheduler.Place("r1", 300);
        _scheduler.History!.ObserveEnd("r0", 210);
        _scheduler.History.ObserveEnd("r1", 330);
        _scheduler.Time.Advance(TimeSpan.FromMilliseconds(750));
        RecordedArrivals read = Read();
        Assert.Equal((2, 2, 20, 1.0, 2.0, SchedulingMode.Neutral), (read.Count, read.KnownOutputs, read.MeanKnownOutput, read.Seconds, read.Rate, read.Mode));
        Assert.Equal([(0, 200, 10), (250, 300, 30)], read.ToArrivals(1).Select(a => ((int)a.Offset.TotalMilliseconds, a.PromptTokens, a.OutputTokens)));
    }

    /// <summary>A request that is held, tried again or has two roles came once; a client may use its id again; one that no instance serves could be played on none.</summary>
    [Fact]
    public void Requests_CountOnce_AndOnlyWhereAnInstanceServesThem()
    {
        _scheduler.Drains.Drain(new DrainSelector(DrainScope.Instance, "a"));
        _scheduler.Place("held", 50);
        _scheduler.Drains.UndoDrain(new DrainSelector(DrainScope.Instance, "a"));
        _scheduler.Time.Advance(TimeSpan.FromMilliseconds(100));
        _scheduler.Place("held", 50);
        _scheduler.Place("held", 50, excluded: "b");
        _scheduler.Time.Advance(TimeSpan.FromMilliseconds(20));
        _scheduler.Report("held", 57);
        _scheduler.Time.Advance(TimeSpan.FromSeconds(5));
        _scheduler.Place("held", 60);
        _scheduler.Place("pair", mode: SchedulingMode.PdBatch);
        Assert.Equal(6, _scheduler.History!.Total);
        RecordedArrivals read = Read();
        Assert.Equal([(0, 50), (5120, 60)], read.ToArrivals(1).Select(a => ((int)a.Offset.TotalMilliseconds, a.PromptTokens)));
        Assert.Equal((1, 7), (read.KnownOutputs, read.MeanKnownOutput));
        Assert.Equal([120], read.ObservedTtftMs);
    }

    /// <summary>A request that goes on has at least the tokens that are reported; its answer is as long as a known one that is not shorter.</summary>
    [Fact]
    public void UnknownLengths_AreDrawnFromTheKnownOnes()
    {
        foreach ((string id, int output) in (IEnumerable<(string, int)>)[("short", 10), ("middle", 50), ("long", 90)])
        {
            _scheduler.Place(id);
            _scheduler.Report(id, 100 + output);
        }

        _scheduler.Time.Advance(TimeSpan.FromSeconds(3));
        _scheduler.Place("running");
        _scheduler.Report("running", 140);
        _scheduler.Place("longest");
        _scheduler.Report("longest", 900);
        _scheduler.Place("silent");
        RecordedArrivals read = Read();
        Assert.Equal((3, 50), (read.KnownOutputs, read.MeanKnownOutput));
        int[][] seeds = [.. Enumerable.Range(1, 40).Select(seed => read.ToArrivals(seed).Select(a => a.OutputTokens).ToArray())];
        Assert.All(seeds, outputs => Assert.Equal([10, 50, 90], outputs[..3]));
        Assert.Equal([50, 90], seeds.Select(outputs => outputs[3]).Distinct().Order());
        Assert.Equal([800], seeds.Select(outputs => outputs[4]).Distinct());
        Assert.Equal([10, 50, 90], seeds.Select(outputs => outputs[5]).Distinct().Order());
        Assert.Equal(seeds[0], read.ToArrivals(1).Select(a => a.OutputTokens));
    }

    [Fact]
    public void NoKnownLength_TheBuiltInWorkloadsAreDrawn()
    {
        _scheduler.Place("r");
        RecordedArrivals read = Read();
        Assert.Equal((0, null), (read.KnownOutputs, read.MeanKnownOutput));
        Assert.Equal(BuiltInWorkloads.AzureConversation.OutputTokens.Sample(new Random(7)), Assert.Single(read.ToArrivals(7)).OutputTokens);
    }

    [Fact]
    public void MoreThanAllowed_TheNewestStay()
    {
        const int more = 10;
        var scheduler = new RecordedScheduler(decisions: WhatIfLimits.MaxRequests + more);
        for (int i = 0; i < WhatIfLimits.MaxRequests + more; i++)
        {
            scheduler.Place($"r{i}", promptTokens: i + 1);
        }

        var read = RecordedArrivals.Read(scheduler.History!, 0, scheduler.NowMs);
        Assert.Equal(WhatIfLimits.MaxRequests, read.Count);
        Assert.Equal(more + 1, read.ToArrivals(1)[0].PromptTokens);
    }

    private RecordedArrivals Read() => RecordedArrivals.Read(_scheduler.History!, _scheduler.NowMs - 60_000, _scheduler.NowMs);
}
