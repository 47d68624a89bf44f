using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Health;
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
        ReadingInterval = TimeSpan.FromMilliseconds(200),
        Failover = new FailoverOptions { InstanceStaleness = TimeSpan.FromSeconds(2) },
    };

    private readonly SchedulerFixture _fixture = new(settings: OverReadings);
    private readonly Dictionary<string, InstanceReading> _readings = [];
    private int _nowMs;

    [Fact]
    public void Schedule_OneIsStale_TheFreshOneTakesAll()
    {
        InstanceReading a = Readings.Of("a");
        _fixture.With(a, Readings.Of("b"));
        BecomeStaleBut(a);
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal("a", _fixture.Neutral($"r{i}")));
    }

    [Fact]
    public void Update_OneOfTwoAndAStranger_TakesTheOneAndNothingElse()
    {
        InstanceReading a = Readings.Of("a");
        _fixture.With(a, Readings.Of("b"));
        _fixture.Scheduler.Update([Readings.Of("stranger"), a.Later(100, static status => status with { WaitingRequestCount = 7 })]);
        Assert.Equal(["a", "b"], _fixture.Scheduler.Snapshot().Instances.Select(static instance => instance.Metadata.InstanceId).Order());
        Assert.Equal((7, 0), (_fixture["a"].Status.WaitingRequestCount, _fixture["b"].Status.WaitingRequestCount));
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

    /// <summary>There are candidates, and the request itself excludes them: nothing is wrong with the source.</summary>
    [Fact]
    public void Schedule_AllAreStaleAndExcluded_SaysThatAllAreExcluded()
    {
        _fixture.With(Readings.Of("a"), Readings.Of("b"));
        BecomeStaleBut(null);
        var request = new PlacementRequest("r", SchedulingMode.Neutral, default, 10, ExcludedInstances: ["a", "b"]);
        Assert.Equal(ScheduleOutcome.AllExcluded, _fixture.Scheduler.Schedule(in request, out _));
    }

    /// <summary>
    /// Read every 200 ms; a was last read at 0, b at 790: three intervals lie between, so that two readings of a are missing, a token for each.
    /// </summary>
    [Fact]
    public void Schedule_ReadingsOfOneAreMissing_TheOtherOneIsFirst()
    {
        Read("a", 0);
        Read("b", 0);
        AdvanceTo(790);
        Read("b", 790);
        Assert.Equal((2, 0, 2), LoadOf("a"));
        Assert.Equal((0, 0, 0), LoadOf("b"));
        // Their loads before each request: 2 and 0, 2 and 100, 102 and 100, 102 and 200.
        Assert.Equal(["b", "a", "b", "a"], Enumerable.Range(0, 4).Select(i => _fixture.Neutral($"r{i}", tokens: 100)));
    }

    [Fact]
    public void Schedule_TheMissingReadingCame_NothingIsAssumedAnyMore()
    {
        Read("a", 0);
        Read("b", 0);
        AdvanceTo(790);
        Read("b", 790);
        Assert.Equal(2, LoadOf("a").PrefillTokens);
        Read("a", 780);
        Assert.Equal((0, 0, 0), LoadOf("a"));
    }

    /// <summary>399 ms is less than two intervals: no reading is missing yet. 400 ms is one.</summary>
    [Theory]
    [InlineData(399, 0)]
    [InlineData(400, 1)]
    [InlineData(1999, 8)]
    public void Schedule_ReadingIsOlderThanTheNewest_WholeIntervalsCount(int newest, int missing)
    {
        Read("a", 0);
        Read("b", 0);
        AdvanceTo(newest);
        Read("b", newest);
        Assert.Equal((missing, 0, missing), LoadOf("a"));
    }

    /// <summary>The fault is then the reading's.</summary>
    [Fact]
    public void Schedule_NoneIsReadAnyMore_NothingIsAssumed()
    {
        Read("a", 0);
        Read("b", 10);
        AdvanceTo(1900);
        Assert.Equal((0, 0, 0), LoadOf("a"));
        Assert.Equal((0, 0, 0), LoadOf("b"));
    }

    [Fact]
    public void Schedule_StaleOne_NothingIsAssumedOfIt()
    {
        Read("a", 0);
        Read("b", 0);
        AdvanceTo(2001);
        Read("b", 2001);
        Assert.Equal(InstanceHealth.Stale, _fixture["a"].Health);
        AdvanceTo(2200);
        Assert.Equal((0, 0, 0), LoadOf("a"));
    }

    /// <summary>On a prefill instance it is a token to prefill, on a decode instance one to decode.</summary>
    [Fact]
    public void Schedule_InstancesWithRoles_ATokenOfTheirRoleCounts()
    {
        Read("p", 0, InferType.Prefill);
        Read("d", 0, InferType.Decode);
        Read("n", 0);
        AdvanceTo(400);
        Read("n", 400);
        Assert.Equal((1, 0, 0), LoadOf("p"));
        Assert.Equal((0, 0, 1), LoadOf("d"));
    }

    [Fact]
    public void Explain_AllAreStale_DoesNotDropThem()
    {
        _fixture.With(Readings.Of("a"), Readings.Of("b"));
        BecomeStaleBut(null);
        Assert.NotNull(_fixture.Scheduler.Explain(new PlacementRequest("r", SchedulingMode.Neutral, default, 10))[0].InstanceId);
    }

    [Fact]
    public void CaptureHealth_AllAreStale_TellsThatTheyAreTheLastResort()
    {
        InstanceReading fresh = Readings.Of("b");
        _fixture.With(Readings.Of("a"), fresh);
        BecomeStaleBut(fresh);
        Assert.DoesNotContain(_fixture.Scheduler.CaptureHealth(), static instance => instance.IsLastResort);
        BecomeStaleBut(null);
        Assert.All(_fixture.Scheduler.CaptureHealth(), static instance => Assert.True(instance.IsLastResort));
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

    private void AdvanceTo(int ms)
    {
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(ms - _nowMs));
        _nowMs = ms;
    }

    /// <summary>An instance's metrics show no load; they were asked for at a moment.</summary>
    private void Read(string id, int askedAtMs, InferType type = InferType.Neutral)
    {
        long askedAt = _fixture.Time.GetTimestamp() - ((_nowMs - askedAtMs) * (_fixture.Time.TimestampFrequency / 1000));
        bool isKnown = _readings.TryGetValue(id, out InstanceReading known);
        InstanceReading first = isKnown ? known : Readings.Of(id, type);
        InstanceReading next = first.Later(_nowMs + 1, status: s => s with
        {
            Reading = new EngineReading { AskedAt = askedAt, CoversUntil = askedAt, Waiting = 0 },
        });
        if (!isKnown)
        {
            _readings[id] = first;
            _fixture.With([.. _readings.Values]);
        }

        _readings[id] = next;
        _fixture.Update(next);
    }

    private (double PrefillTokens, double DecodeRequests, double DecodeTokens) LoadOf(string id)
    {
        InstanceLoad load = _fixture[id].Load;
        return (load.AllPrefillsTokens, load.DecodeBatchSize, load.AllDecodesTokens);
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
