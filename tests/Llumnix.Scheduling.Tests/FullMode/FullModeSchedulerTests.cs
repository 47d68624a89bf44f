using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.FullMode;

public sealed class FullModeSchedulerTests
{
    private static readonly TimeSpan StalenessLimit = TimeSpan.FromSeconds(60);

    [Fact]
    public void Schedule_NothingLoadedYet_StoreNotAvailable() =>
        Assert.Equal(ScheduleOutcome.StoreNotAvailable, new SchedulerFixture().Neutral("r", out _));

    [Fact]
    public void Schedule_EmptyFleet_EndpointNotFound() =>
        Assert.Equal(ScheduleOutcome.EndpointNotFound, new SchedulerFixture().With().Neutral("r", out _));

    [Fact]
    public void Schedule_EmptyFleetAndStoreDown_StoreNotAvailable()
    {
        SchedulerFixture fixture = new SchedulerFixture().With();
        fixture.Scheduler.SetStoreAvailable(false);
        Assert.Equal(ScheduleOutcome.StoreNotAvailable, fixture.Neutral("r", out _));
    }

    [Fact]
    public void Schedule_OnlyAnotherInferType_EndpointNotFound()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("p", InferType.Prefill));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Neutral("r", out _));
    }

    [Fact]
    public void Schedule_AllUnschedulable_NoAvailableEndpoint()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("a", status: s => s with { Schedulable = false }));
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, fixture.Neutral("r", out _));
    }

    [Fact]
    public void Schedule_LeastLoadedWins_AndTheLedgerCountsForTheNext()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(
            Readings.Of("a", status: s => s with { UncomputedTokensAllWaitingPrefills = 300 }),
            Readings.Of("b"));
        Assert.Equal("b", fixture.Neutral("r1", tokens: 400));
        Assert.Equal("a", fixture.Neutral("r2", tokens: 50));
        Assert.Equal("a", fixture.Neutral("r3", tokens: 60));
        Assert.Equal("b", fixture.Neutral("r4", tokens: 1));
    }

    [Fact]
    public void Schedule_EveryoneAboveTheThreshold_PreferenceIsDropped()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(
            Readings.Of("a", status: s => s with { UncomputedTokensAllWaitingPrefills = 9000 }),
            Readings.Of("b", status: s => s with { UncomputedTokensAllWaitingPrefills = 8500 }));
        Assert.Equal("b", fixture.Neutral("r"));
    }

    [Fact]
    public void Schedule_PairMissingDecode_NothingIsAccounted()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(
            Readings.Of("p", InferType.Prefill), Readings.Of("d", InferType.Decode, status: s => s with { Schedulable = false }));
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, fixture.Pair("r", out _));
        Assert.Equal(0, fixture.Scheduler.Snapshot().LedgerEntries);
        Assert.Equal(0, fixture["p"].Dispatched.Requests);
    }

    [Fact]
    public void Schedule_PairWithoutADecodeInstanceAtAll_EndpointNotFound()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("p", InferType.Prefill));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Pair("r", out _));
    }

    [Fact]
    public void Schedule_Pair_PrefillFirstThenDecode()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("d", InferType.Decode), Readings.Of("p", InferType.Prefill));
        Assert.Equal(ScheduleOutcome.Placed, fixture.Pair("r", out Placement placement, tokens: 70));
        Assert.Equal(("p", InferType.Prefill), (placement.First.Instance.InstanceId, placement.First.Role));
        Assert.Equal(("d", InferType.Decode), (placement.Second!.Value.Instance.InstanceId, placement.Second.Value.Role));
        Assert.Equal(new(1, 1, 70, 0, 0), fixture["p"].Dispatched);
        Assert.Equal(new(1, 0, 0, 1, 70), fixture["d"].Dispatched);
    }

    [Fact]
    public void Schedule_Staged_OnlyTheAskedStage()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("d", InferType.Decode), Readings.Of("p", InferType.Prefill));
        fixture.Staged("r", InferType.Prefill, out Placement prefill);
        fixture.Staged("r", InferType.Decode, out Placement decode);
        Assert.Equal("p", prefill.First.Instance.InstanceId);
        Assert.Null(prefill.Second);
        Assert.Equal("d", decode.First.Instance.InstanceId);
    }

    [Fact]
    public void Schedule_StatusNeverAdvances_StaleAfterTheLimitByOurClock()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("a"));
        fixture.Time.Advance(StalenessLimit);
        Assert.Equal("a", fixture.Neutral("r1"));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ScheduleOutcome.StoreNotAvailable, fixture.Neutral("r2", out _));
        Assert.Equal(InstanceHealth.Stale, fixture["a"].Health);
    }

    /// <summary>Nobody can tell a dead fleet of one from a store that nobody can write into: gateways are told to help themselves.</summary>
    [Fact]
    public void Schedule_NothingChangesAnyMore_StoreNotAvailableUntilItDoes()
    {
        InstanceReading[] fleet = [Readings.Of("a").Later(), Readings.Of("d", InferType.Decode).Later()];
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("a"), Readings.Of("d", InferType.Decode)).With(fleet);
        fixture.Time.Advance(StalenessLimit);
        fixture.With(fleet);
        Assert.Equal((ScheduleOutcome.Placed, false), (fixture.Neutral("r1", out _), fixture.Scheduler.IsSilent()));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((ScheduleOutcome.StoreNotAvailable, true), (fixture.Neutral("r2", out _), fixture.Scheduler.IsSilent()));
        Assert.Equal(ScheduleOutcome.StoreNotAvailable, fixture.Staged("r3", InferType.Decode, out _));

        fixture.Update(fleet[0].Later());
        Assert.Equal((ScheduleOutcome.Placed, false), (fixture.Neutral("r4", out _), fixture.Scheduler.IsSilent()));
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, fixture.Staged("r5", InferType.Decode, out _));
    }

    [Fact]
    public void Schedule_StoreDown_LastViewServesUntilItIsStale()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("a"));
        fixture.Scheduler.SetStoreAvailable(false);
        Assert.Equal("a", fixture.Neutral("r1"));
        fixture.Time.Advance(StalenessLimit + TimeSpan.FromSeconds(1));
        Assert.Equal(ScheduleOutcome.StoreNotAvailable, fixture.Neutral("r2", out _));
    }

    [Fact]
    public void Synchronize_UpdateIdIsNotNewer_OnlyTimestampAndSchedulableAreTaken()
    {
        InstanceReading first = Readings.Of("a");
        SchedulerFixture fixture = new SchedulerFixture().With(first, Readings.Of("b", InferType.Decode));
        fixture.Time.Advance(StalenessLimit);
        fixture.Update(first with
        {
            Status = first.Status with { TimestampMs = Readings.StartMs + 1, Schedulable = false, WaitingRequestCount = 7 },
        });
        fixture.Time.Advance(StalenessLimit);
        Assert.Equal(InstanceHealth.Unschedulable, fixture["a"].Health);
        Assert.Equal(0, fixture["a"].Status.WaitingRequestCount);
        Assert.Equal(StalenessLimit, fixture["a"].StatusAge);
    }

    [Fact]
    public void Synchronize_RestartedEngine_SmallUpdateIdCountsAndTheLedgerStartsAfresh()
    {
        InstanceReading old = Readings.Of("a", status: s => s with { UpdateId = 5000 });
        SchedulerFixture fixture = new SchedulerFixture().With(old);
        fixture.Neutral("r1");

        // The metadata of the new process may be read while the status at hand is still the old one's.
        InstanceReading restarted = old with { Metadata = old.Metadata with { UtcCreate = 2 } };
        fixture.Update(restarted);
        Assert.Equal(0, fixture["a"].Dispatched.Requests);
        Assert.Equal(0, fixture.Scheduler.Snapshot().LedgerEntries);

        fixture.Update(restarted.Later(status: s => s with { UpdateId = 1, WaitingRequestCount = 3 }));
        Assert.Equal(3, fixture["a"].Status.WaitingRequestCount);
    }

    [Fact]
    public void Synchronize_ChangedMetadata_IsTakenOverAndTheLedgerStays()
    {
        InstanceReading first = Readings.Of("a");
        SchedulerFixture fixture = new SchedulerFixture().With(first, Readings.Of("d", InferType.Decode));
        fixture.Neutral("r1");
        fixture.Update(first with { Metadata = first.Metadata with { Ip = "10.0.0.9", InferType = InferType.Prefill } });
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Neutral("r2", out _));
        fixture.Staged("r3", InferType.Prefill, out Placement placement);
        Assert.Equal("10.0.0.9", placement.First.Instance.Host);
        Assert.Equal(2, fixture["a"].Dispatched.Requests);
    }

    /// <summary>A process does not move; one that does not say when it was created is another one at another address.</summary>
    [Theory]
    [InlineData("[0:0::1]", 1)] // The same address.
    [InlineData("::2", 0)]
    public void Synchronize_CreationNotTold_AnotherAddressIsARestart(string ip, int requests)
    {
        InstanceReading first = Readings.Of("a", metadata: m => m with { UtcCreate = 0, Ip = "::1" });
        SchedulerFixture fixture = new SchedulerFixture().With(first);
        fixture.Neutral("r1");
        fixture.Update(first with { Metadata = first.Metadata with { Ip = ip } });
        Assert.Equal(requests, fixture["a"].Dispatched.Requests);
        Assert.Equal(ip, fixture["a"].Metadata.Ip);
    }

    [Fact]
    public void Synchronize_InstanceLeaves_TakesItsEntriesAlong()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("a"));
        fixture.Neutral("r1");
        fixture.With();
        Assert.Equal(0, fixture.Scheduler.Snapshot().LedgerEntries);
        fixture.Release("r1", "a");
        fixture.With(Readings.Of("a"));
        Assert.Equal(0, fixture["a"].Dispatched.Requests);
    }

    [Fact]
    public void Schedule_EqualInstances_TheBurstIsSpreadAtRandom()
    {
        SchedulerFixture fixture = new(settings: new FullModeOptions { Ledger = new LedgerOptions { IsEnabled = false } });
        fixture.With([.. Enumerable.Range(0, 4).Select(i => Readings.Of($"i{i}"))]);
        var counts = Enumerable.Range(0, 4000).GroupBy(i => fixture.Neutral($"r{i}")).ToDictionary(g => g.Key!, g => g.Count());
        Assert.Equal(4, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 880, 1120));
    }

    [Fact]
    public void Schedule_TopK_PicksUniformlyAmongTheKBest()
    {
        SchedulerFixture fixture = new(
            settings: new FullModeOptions { Ledger = new LedgerOptions { IsEnabled = false } }, policies: new PolicyOptions { Dispatch = new DispatchOptions { TopK = 3 } });
        fixture.With([.. Enumerable.Range(0, 6).Select(i => Readings.Of(
            $"i{i}", status: s => s with { UncomputedTokensAllWaitingPrefills = 100 * i }))]);
        var counts = Enumerable.Range(0, 3000).GroupBy(i => fixture.Neutral($"r{i}")).ToDictionary(g => g.Key!, g => g.Count());
        Assert.Equal(["i0", "i1", "i2"], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 880, 1120));
    }

    [Fact]
    public void Schedule_SameSeedAndInputs_SameDecisions()
    {
        string?[] Run()
        {
            SchedulerFixture fixture = new(seed: 42);
            fixture.With([.. Enumerable.Range(0, 9).Select(i => Readings.Of($"i{i}"))]);
            return [.. Enumerable.Range(0, 200).Select(i => fixture.Neutral($"r{i}", tokens: i % 7))];
        }

        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void Schedule_Flood_StaysUntilTheInstanceDropsOut()
    {
        InstanceReading a = Readings.Of("a");
        SchedulerFixture fixture = new SchedulerFixture("flood").With(a, Readings.Of("b"), Readings.Of("c"));
        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal("a", fixture.Neutral($"r{i}", tokens: 50_000)));
        fixture.Update(a.Later(status: s => s with { Schedulable = false }));
        Assert.Equal("b", fixture.Neutral("r5"));
        fixture.Update(a.Later(200));
        Assert.Equal("b", fixture.Neutral("r6"));
    }

    [Fact]
    public void Schedule_RoundRobin_GoesOnBehindTheLastAlsoWhenMembersChange()
    {
        SchedulerFixture fixture = new SchedulerFixture("round-robin").With(Readings.Of("a"), Readings.Of("b"), Readings.Of("c"));
        Assert.Equal(["a", "b", "c", "a", "b"], Enumerable.Range(0, 5).Select(i => fixture.Neutral($"r{i}")));
        fixture.With(Readings.Of("a"), Readings.Of("aa"), Readings.Of("c"));
        Assert.Equal(["c", "a", "aa", "c"], Enumerable.Range(5, 4).Select(i => fixture.Neutral($"r{i}")));
    }

    [Fact]
    public void Schedule_SteadyState_AllocatesNothing()
    {
        SchedulerFixture fixture = new();
        fixture.With([.. Enumerable.Range(0, 64).Select(i => Readings.Of($"i{i}"))]);
        string[] ids = [.. Enumerable.Range(0, 500).Select(i => $"r{i}")];
        void Round()
        {
            foreach (string id in ids)
            {
                fixture.Scheduler.Schedule(new PlacementRequest(id, SchedulingMode.Neutral, default, 100), out Placement placement);
                fixture.Scheduler.Release(id, new ReleasedInstance(placement.First.Instance.Host, 8000, InferType.Neutral));
            }
        }

        Round();
        Assert.Equal(0, Allocations.Of(Round));
    }
}
