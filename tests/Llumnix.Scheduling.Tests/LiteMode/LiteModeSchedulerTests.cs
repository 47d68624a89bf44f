using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Requests;
using static Llumnix.Scheduling.Tests.LiteModeFixture;

namespace Llumnix.Scheduling.Tests.LiteMode;

public sealed class LiteModeSchedulerTests
{
    [Fact]
    public void Schedule_NothingFoundYet_StoreNotAvailable() =>
        Assert.Equal(ScheduleOutcome.StoreNotAvailable, new LiteModeFixture().Schedule("r", out _));

    [Fact]
    public void Schedule_EmptyList_EndpointNotFound() =>
        Assert.Equal(ScheduleOutcome.EndpointNotFound, new LiteModeFixture().With().Schedule("r", out _));

    [Fact]
    public void Schedule_OnlyAnotherInferType_EndpointNotFound() =>
        Assert.Equal(ScheduleOutcome.EndpointNotFound, new LiteModeFixture().With(Of("p", InferType.Prefill)).Schedule("r", out _));

    [Fact]
    public void Schedule_Placement_TellsWhatDiscoveryFound()
    {
        DiscoveredInstance found = Of("pod_dp1", version: 7, model: "m") with
        {
            AuxIp = "aux", AuxPort = 9000, DataParallelRank = 1, DataParallelSize = 2,
        };
        new LiteModeFixture().With(found).Schedule("r", out Placement placement);
        Assert.Equal(
            new InstanceAddress
            {
                InstanceId = "pod_dp1", WireId = "pod_dp1", Host = "ip-pod_dp1", Port = 8000, AuxIp = "aux", AuxPort = 9000,
                DataParallelRank = 1, DataParallelSize = 2, Model = "m", Version = 7,
            },
            placement.First.Instance);
        Assert.Null(placement.First.Load);
        Assert.Null(placement.Second);
    }

    [Fact]
    public void Schedule_FewestTokensWin_AndEachPlacementCounts()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"), Of("b"));
        string first = fixture.Neutral("r1", tokens: 400)!;
        string second = fixture.Neutral("r2", tokens: 100)!;
        Assert.NotEqual(first, second);
        Assert.Equal(second, fixture.Neutral("r3", tokens: 250));
        Assert.Equal(second, fixture.Neutral("r4", tokens: 100));
        Assert.Equal(first, fixture.Neutral("r5", tokens: 1));
    }

    [Fact]
    public void Schedule_NumRequests_FewestRequestsWin()
    {
        LiteModeFixture fixture = new LiteModeFixture(metric: "num_requests").With(Of("a"), Of("b"));
        string first = fixture.Neutral("r1", tokens: 10_000)!;
        string second = fixture.Neutral("r2", tokens: 1)!;
        fixture.Release("r1", first);
        Assert.Equal(first, fixture.Neutral("r3", tokens: 1));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Schedule_RoundRobin_TakesTurns()
    {
        LiteModeFixture fixture = new LiteModeFixture("round-robin").With(Of("a"), Of("b"), Of("c"));
        Assert.Equal(["a", "b", "c", "a"], Enumerable.Range(0, 4).Select(i => fixture.Neutral($"r{i}")));
    }

    [Fact]
    public void Schedule_Pair_BothHoldTheRequestUntilItsPrefillIsDone()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("p", InferType.Prefill), Of("d", InferType.Decode));
        fixture.Schedule("r", out Placement placement, SchedulingMode.PdBatch, tokens: 70);
        Assert.Equal(("p", "d"), (placement.First.Instance.WireId, placement.Second!.Value.Instance.WireId));
        Assert.Equal((new TrackedLoad(1, 70, 1, 70), new TrackedLoad(1, 70, 1, 70)), (fixture["p"], fixture["d"]));
        fixture.Report("r", "p", 70, isPrefillDone: true);
        Assert.Equal((new TrackedLoad(1, 70, 0, 0), new TrackedLoad(1, 70, 0, 0)), (fixture["p"], fixture["d"]));
        fixture.Release("r", "p");
        Assert.Equal((default, new TrackedLoad(1, 70, 0, 0)), (fixture["p"], fixture["d"]));
    }

    [Fact]
    public void Schedule_PairWithoutDecode_NothingIsHeld()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("p", InferType.Prefill));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Schedule("r", out _, SchedulingMode.PdBatch));
        Assert.Equal(0, fixture.Scheduler.Snapshot().States);
    }

    [Fact]
    public void Schedule_StagedDecode_DoesNotWait()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("p", InferType.Prefill), Of("d", InferType.Decode));
        fixture.Schedule("r", out _, SchedulingMode.PdStaged, InferType.Prefill, tokens: 5);
        fixture.Schedule("r", out _, SchedulingMode.PdStaged, InferType.Decode, tokens: 5);
        Assert.Equal((new TrackedLoad(1, 5, 1, 5), new TrackedLoad(1, 5, 0, 0)), (fixture["p"], fixture["d"]));
    }

    [Fact]
    public void Schedule_SameIdAgain_MovesTheState()
    {
        LiteModeFixture fixture = new LiteModeFixture("round-robin").With(Of("a"), Of("b"));
        Assert.Equal("a", fixture.Neutral("r", 10));
        Assert.Equal("b", fixture.Neutral("r", 20));
        fixture.Release("r", "a");
        Assert.Equal((default, new TrackedLoad(1, 20, 1, 20)), (fixture["a"], fixture["b"]));
    }

    [Fact]
    public void Schedule_SeveralModels_OnlyInstancesOfTheModelOrOfNone()
    {
        LiteModeFixture fixture = new LiteModeFixture("round-robin", new LiteModeOptions { IsMultiModelSupported = true })
            .With(Of("a", model: "m1"), Of("b", model: "m2"), Of("any"), Of("p", InferType.Prefill, model: "m1"));
        Assert.Equal(["a", "any", "a"], Enumerable.Range(0, 3).Select(i => fixture.Neutral($"r{i}", model: "m1")));
        Assert.Equal(["any", "any"], Enumerable.Range(0, 2).Select(i => fixture.Neutral($"s{i}", model: "m3")));
        fixture.With(Of("a", model: "m1"), Of("b", model: "m2"));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Schedule("r", out _, model: "m3"));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Schedule("r", out _, model: ""));
    }

    [Fact]
    public void Schedule_OneModel_ModelsDoNotMatter() =>
        Assert.Equal("a", new LiteModeFixture().With(Of("a", model: "m1")).Neutral("r", model: "m2"));

    [Fact]
    public void Report_Tokens_NeverGoDown()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Neutral("r", 100);
        Assert.Equal(1, fixture.Report("r", "a", 150));
        Assert.Equal(1, fixture.Report("r", "a", 120));
        Assert.Equal(new TrackedLoad(1, 150, 1, 150), fixture["a"]);
        fixture.Report("r", "a", 160, isPrefillDone: true);
        Assert.Equal(new TrackedLoad(1, 160, 0, 0), fixture["a"]);
        fixture.Report("r", "a", 170);
        Assert.Equal(new TrackedLoad(1, 170, 0, 0), fixture["a"]);
    }

    [Fact]
    public void Report_UnknownInstanceOrNoGateway_ChangesNothing()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"), Of("b"));
        fixture.Neutral("r", 100);
        Assert.Equal(0, fixture.Report("x", "a", 150, gateway: "") + fixture.Report("r", "c", 150, isPrefillDone: true));
        Assert.Equal(100, fixture["a"].WaitingTokens + fixture["b"].WaitingTokens);
    }

    [Fact]
    public void Release_RepeatedOrUnknown_ChangesNothing()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Neutral("r1", 10);
        fixture.Neutral("r2", 20);
        fixture.Release("r1", "a");
        fixture.Release("r1", "a");
        fixture.Release("x", "a");
        fixture.Release("r2", "b");
        Assert.Equal(new TrackedLoad(1, 20, 1, 20), fixture["a"]);
    }

    /// <summary>In lite mode the id tells the rank, and a release with another rank than the id's instance has means another instance.</summary>
    [Fact]
    public void Release_RanksOfOnePod_OnlyTheOneThatIsNamed()
    {
        LiteModeFixture fixture = new LiteModeFixture("round-robin").With(Rank(0), Rank(1));
        fixture.Neutral("r", 10);
        fixture.Neutral("r", 20);
        fixture.Release("r", "pod_dp0");
        fixture.Scheduler.Release("r", new ReleasedInstance("ip", 1, null, "pod_dp1", 0, DataParallelRank: 0, GatewayId: "g"));
        Assert.Equal(new TrackedLoad(1, 20, 1, 20), fixture["pod_dp1"]);
        fixture.Scheduler.Release("r", new ReleasedInstance("ip", 1, null, "pod_dp1", 0, DataParallelRank: 1, GatewayId: "g"));
        Assert.Equal(default, fixture["pod_dp1"]);

        static DiscoveredInstance Rank(int rank) =>
            Of($"pod_dp{rank}") with { Host = "ip", Port = 1, DataParallelRank = rank, DataParallelSize = 2 };
    }

    [Fact]
    public void Synchronize_InstanceLeavesAndComesBack_ItsStatesAreGone()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"), Of("b"));
        fixture.Neutral("r1");
        fixture.Neutral("r2");
        fixture.With(Of("b")).With(Of("a"), Of("b"));
        Assert.Equal((default, new TrackedLoad(1, 100, 1, 100)), (fixture["a"], fixture["b"]));
        Assert.Equal(1, fixture.Scheduler.Snapshot().States);
    }

    [Fact]
    public void Synchronize_HigherVersion_StatesAreVoidAndALateReleaseFreesNothingNew()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a", version: 1));
        fixture.Neutral("r");
        fixture.With(Of("a", version: 2));
        Assert.Equal(default, fixture["a"]);
        fixture.Neutral("r");
        fixture.Release("r", "a", version: 1);
        Assert.Equal(1, fixture["a"].Requests);
        fixture.Release("r", "a", version: 2);
        Assert.Equal(default, fixture["a"]);
    }

    [Fact]
    public void Synchronize_VersionGoesDownAndUpAgain_IsNoRestart()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a", version: 3));
        fixture.Neutral("r");
        fixture.With(Of("a", version: 2)).With(Of("a", version: 3));
        Assert.Equal(1, fixture["a"].Requests);
        fixture.With(Of("a", version: 2)).With(Of("a", version: 4));
        Assert.Equal(0, fixture["a"].Requests);
    }

    [Fact]
    public void Synchronize_ChangedEndpointOrType_IsTakenOverAndTheStatesStay()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a", version: 3));
        fixture.Neutral("r1");
        fixture.With(Of("a", version: 3) with { Host = "elsewhere" });
        fixture.Schedule("r2", out Placement placement);
        Assert.Equal("elsewhere", placement.First.Instance.Host);
        Assert.Equal(2, fixture["a"].Requests);
        fixture.With(Of("a", InferType.Prefill, version: 2));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Schedule("r3", out _));
        Assert.Equal(2, fixture["a"].Requests);
        fixture.Release("r1", "a", version: 3);
        Assert.Equal(1, fixture["a"].Requests);
    }
}
