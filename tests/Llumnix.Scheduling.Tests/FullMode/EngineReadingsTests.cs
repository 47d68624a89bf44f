using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.FullMode;

/// <summary>A full-mode scheduler over engines whose own metrics are read: statuses with a <see cref="EngineReading"/>.</summary>
public sealed class EngineReadingsTests
{
    private static readonly FullModeOptions OverReadings = new()
    {
        Ledger = new LedgerOptions { IsReconciled = true },
        AreStaleInstancesLastResort = true,
    };

    private readonly SchedulerFixture _fixture = new(settings: OverReadings);

    [Fact]
    public void Schedule_OneIsStale_TheFreshOneTakesAll()
    {
        InstanceReading a = Readings.Of("a");
        _fixture.With(a, Readings.Of("b"));
        BecomeStaleBut(a);
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal("a", _fixture.Neutral($"r{i}")));
    }

    [Fact]
    public void Schedule_AllAreStale_GoesOnWithTheOwnAccount()
    {
        _fixture.With(Readings.Of("a"), Readings.Of("b"));
        BecomeStaleBut(null);
        string?[] placed = [.. Enumerable.Range(0, 20).Select(i => _fixture.Neutral($"r{i}"))];
        Assert.Equal(10, placed.Count(static id => id == "a"));
        Assert.Equal(10, placed.Count(static id => id == "b"));
    }

    [Fact]
    public void Explain_AllAreStale_DoesNotDropThem()
    {
        _fixture.With(Readings.Of("a"), Readings.Of("b"));
        BecomeStaleBut(null);
        Assert.NotNull(_fixture.Scheduler.Explain(new PlacementRequest("r", SchedulingMode.Neutral, default, 10))[0].InstanceId);
    }

    [Fact]
    public void Report_FirstToken_TakesThePrefillFromTheLoad()
    {
        _fixture.With(Readings.Of("a"));
        _fixture.Neutral("r", tokens: 700);
        var batch = new RequestProgressBatch();
        batch.Add("r", "ip-a_instance0_1", 701, isPrefillDone: true);
        batch.Add("unknown", "ip-a_instance0_1", 701, isPrefillDone: true);
        Assert.Equal(1, _fixture.Scheduler.Report(batch));
        Assert.Equal(new DispatchedLoad(1, 1, 0, 1, 701), _fixture["a"].Dispatched);
    }

    [Fact]
    public void Release_AfterTheReading_ItsLoadIsSubtracted()
    {
        InstanceReading a = Readings.Of("a");
        _fixture.With(a);
        _fixture.Neutral("r", tokens: 100);
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(10));
        long now = _fixture.Time.GetTimestamp();
        _fixture.Update(a.Later(status: s => s with
        {
            RunningRequestCount = 1,
            SchedulerRunningToDecodeRequests = 1,
            SchedulerRunningToDecodeTokens = 100,
            UsedGpuTokens = 100,
            Reading = new EngineReading { AskedAt = now, CoversUntil = now, Waiting = 0 },
        }));
        Assert.Equal(1, _fixture["a"].Load.DecodeBatchSize);
        _fixture.Release("r", "a");
        Assert.Equal((0, 0), (_fixture["a"].Load.DecodeBatchSize, _fixture["a"].Load.AllDecodesTokens));
        Assert.Equal(0, _fixture["a"].Load.KvCacheUsageRatioProjected);
    }

    [Fact]
    public void Schedule_EnginesNameTheirModels_OnlyThoseThatMayServeItAreChosen()
    {
        Assert.Equal(["a", "c"], ChosenFor("one"));
        Assert.Equal(["a", "c"], ChosenFor("adapter"));
        Assert.Equal(["b", "c"], ChosenFor("two"));
        Assert.Equal(["c"], ChosenFor("three"));
        Assert.Equal(["a", "b", "c"], ChosenFor(""));
    }

    [Fact]
    public void Schedule_NoEngineHasTheModel_IsNotFound()
    {
        _fixture.With(Readings.Of("a", metadata: static m => m with { Models = ["one"] }));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, _fixture.Scheduler.Schedule(Request("r", "two"), out _));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, _fixture.Scheduler.Explain(Request("r", "two"))[0].Outcome);
    }

    private static PlacementRequest Request(string id, string model) => new(id, SchedulingMode.Neutral, default, 10, Model: model);

    private static string[] ChosenFor(string model)
    {
        SchedulerFixture fixture = new SchedulerFixture(settings: OverReadings).With(
            Readings.Of("a", metadata: static m => m with { Models = ["one", "adapter"] }),
            Readings.Of("b", metadata: static m => m with { Models = ["two"] }),
            Readings.Of("c"));
        var chosen = new SortedSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 30; i++)
        {
            Assert.Equal(ScheduleOutcome.Placed, fixture.Scheduler.Schedule(Request($"r{i}", model), out Placement placement));
            chosen.Add(placement.First.Instance.InstanceId);
        }

        return [.. chosen];
    }

    private void BecomeStaleBut(InstanceReading? fresh)
    {
        _fixture.Time.Advance(TimeSpan.FromMinutes(5));
        if (fresh is { } reading)
        {
            _fixture.Update(reading.Later(300_000));
        }
    }
}
