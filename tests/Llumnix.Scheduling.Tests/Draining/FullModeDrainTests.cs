using CsCheck;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.AdaptivePd;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Draining;

public sealed class FullModeDrainTests
{
    private readonly SchedulerFixture _fixture = new();

    [Theory]
    [InlineData(DrainScope.Instance, "a", "b c d")]
    [InlineData(DrainScope.Instance, "ip-a_instance0_1", "b c d")]
    [InlineData(DrainScope.Instance, "ip-a:8000", "b c d")]
    [InlineData(DrainScope.Node, "n1", "c d")]
    [InlineData(DrainScope.Unit, "u1", "a d")]
    [InlineData(DrainScope.Label, "pool=blue", "a b c")]
    public void Drain_AnyScope_NothingNewGoesThereUntilItIsUndone(DrainScope scope, string value, string open)
    {
        _fixture.With(
            Readings.Of("a", metadata: static m => m with { NodeId = "n1" }),
            Readings.Of("b", metadata: static m => m with { NodeId = "n1", UnitId = "u1" }),
            Readings.Of("c", metadata: static m => m with { UnitId = "u1", Labels = "pool=blueish,tier=pool=blue" }),
            Readings.Of("d", metadata: static m => m with { Labels = "app=vllm,pool=blue,zone=1" }));
        Assert.Equal(DrainOutcome.InForce, _fixture.Scheduler.DrainControl.Drain(new(scope, value)));
        Assert.Equal(open, Taken());
        Assert.Equal(DrainOutcome.InForce, _fixture.Scheduler.DrainControl.Drain(new(scope, value)));
        Assert.Single(_fixture.Scheduler.DrainControl.ReportDrains());

        Assert.True(_fixture.Scheduler.DrainControl.UndoDrain(new(scope, value)));
        Assert.Equal("a b c d", Taken());
        Assert.False(_fixture.Scheduler.DrainControl.UndoDrain(new(scope, value)));
        Assert.Empty(_fixture.Scheduler.DrainControl.ReportDrains());
    }

    /// <summary>Engines of one host have the same id in answers; it must not drain them all.</summary>
    [Fact]
    public void Drain_NameOfSeveralEngines_IsRefused()
    {
        var name = new DrainSelector(DrainScope.Instance, "h_instance0_1");
        _fixture.With(
            Readings.Of("a", metadata: static m => m with { Ip = "h", ApiServerPort = 8001 }),
            Readings.Of("b", metadata: static m => m with { Ip = "h", ApiServerPort = 8000 }));
        Assert.Equal(DrainOutcome.AmbiguousInstance, _fixture.Scheduler.DrainControl.Drain(name));
        Assert.Equal("a b", Taken());
        Assert.Equal(["a", "b"], _fixture.Scheduler.DrainControl.FindAmbiguity(name));
        _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "h:8001"));
        Assert.False(_fixture.Scheduler.DrainControl.UndoDrain(name));
        Assert.Equal("b", Taken());
        Assert.Empty(_fixture.Scheduler.DrainControl.FindAmbiguity(new(DrainScope.Instance, "b")));
        Assert.Empty(_fixture.Scheduler.DrainControl.FindAmbiguity(new(DrainScope.Node, "h_instance0_1")));
    }

    [Fact]
    public void Drain_RanksOfOneEngine_AreDrainedByItsAddress()
    {
        _fixture.With(
            Readings.Of("a", metadata: static m => m with { Ip = "h", DataParallelRank = 0 }),
            Readings.Of("b", metadata: static m => m with { Ip = "h", DataParallelRank = 1 }),
            Readings.Of("c"));
        Assert.Equal(DrainOutcome.InForce, _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "h:8000")));
        Assert.Equal("c", Taken());
        Assert.True(_fixture.Scheduler.DrainControl.UndoDrain(new(DrainScope.Instance, "h:8000")));
        Assert.Equal("a b c", Taken());
    }

    [Fact]
    public void Drain_IdThatIsAnotherNameToo_MeansTheIdAlone()
    {
        _fixture.With(Readings.Of("a"), Readings.Of("ip-a_instance0_1"));
        Assert.Equal(DrainOutcome.InForce, _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "ip-a_instance0_1")));
        Assert.Equal("a", Taken());
    }

    [Fact]
    public void Drain_UnknownInstance_IsRefused()
    {
        _fixture.With(Readings.Of("a"));
        Assert.Equal(DrainOutcome.UnknownInstance, _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "b")));
        Assert.Empty(_fixture.Scheduler.DrainControl.Drains);
    }

    [Fact]
    public void Drain_NodeWithoutInstances_AwaitsThem()
    {
        _fixture.With(Readings.Of("a"));
        Assert.Equal(DrainOutcome.InForce, _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Node, "n1")));
        Assert.False(Assert.Single(_fixture.Scheduler.DrainControl.ReportDrains()).IsSafeToDelete);
        _fixture.With(Readings.Of("a"), Readings.Of("b", metadata: static m => m with { NodeId = "n1" }));
        Assert.Equal("a", Taken());
    }

    [Theory]
    [InlineData("load-balance")]
    [InlineData("flood")]
    [InlineData("round-robin")]
    [InlineData("slo")]
    [InlineData("adaptive-pd")]
    public void Schedule_AnyPolicyAndMode_NoRoleGoesToADrainingInstance(string policy)
    {
        Gen.Int[0, 5].Array[1, 40].Sample(
            targets =>
            {
                SchedulerFixture fixture = policy == "adaptive-pd"
                    ? AdaptivePdFixture.Fixture(AdaptivePdRules.Tuned)
                    : new SchedulerFixture(policy, new FullModeOptions { LatencyPredictor = RoundProfile.Predictor });
                fixture.With([.. Enumerable.Range(0, 6).Select(static i => Readings.Of($"i{i}", (InferType)(i % 3)))]);
                var drained = new HashSet<string>();
                for (int i = 0; i < targets.Length; i++)
                {
                    string target = $"i{targets[i]}";
                    if (drained.Add(target))
                    {
                        fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, target));
                    }
                    else
                    {
                        drained.Remove(target);
                        fixture.Scheduler.DrainControl.UndoDrain(new(DrainScope.Instance, target));
                    }

                    string?[] taken = [fixture.Neutral($"n{i}"), fixture.Staged($"p{i}", InferType.Prefill), fixture.Staged($"d{i}", InferType.Decode)];
                    Assert.DoesNotContain(taken, id => id is not null && drained.Contains(id));
                    if (fixture.Pair($"b{i}", out Placement pair) == ScheduleOutcome.Placed)
                    {
                        Assert.DoesNotContain(pair.First.Instance.InstanceId, drained);
                        Assert.DoesNotContain(pair.Second!.Value.Instance.InstanceId, drained);
                    }
                }
            },
            iter: 50);
    }

    [Fact]
    public void Schedule_AllDrain_IsRefusedAndExplained()
    {
        _fixture.With(Readings.Of("a"), Readings.Of("b"));
        _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "b"));
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, _fixture.Neutral("r", out _));
        Assert.All(
            _fixture.Scheduler.Explain(new PlacementRequest("r", SchedulingMode.Neutral, default, 10))[0].Candidates,
            static candidate => Assert.Equal("draining", candidate.DroppedBy));
    }

    [Fact]
    public void Schedule_TheOthersAreStale_TheDrainingOneIsNoLastResort()
    {
        var fixture = new SchedulerFixture(settings: new FullModeOptions { AreStaleInstancesLastResort = true });
        fixture.With(Readings.Of("a"), Readings.Of("b"));
        fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal("b", fixture.Neutral($"r{i}")));
    }

    [Fact]
    public void Synchronize_DrainingInstanceFallsSilent_ItsNodeGoesOn()
    {
        var fixture = new SchedulerFixture(settings: new FullModeOptions { Failover = new FailoverOptions { Domain = "node" } });
        InstanceReading b = Readings.Of("b", metadata: static m => m with { NodeId = "n1" });
        fixture.With(Readings.Of("a", metadata: static m => m with { NodeId = "n1" }), b);
        fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        fixture.Time.Advance(TimeSpan.FromHours(1));
        fixture.Update(b.Later());
        Assert.Equal("b", fixture.Neutral("r"));
    }

    [Fact]
    public void Synchronize_AnotherProcess_OnlyWiderDrainsStay()
    {
        InstanceReading a = Readings.Of("a", metadata: static m => m with { NodeId = "n1" });
        InstanceReading restarted = a with { Metadata = a.Metadata with { UtcCreate = 2 } };
        _fixture.With(a, Readings.Of("b"));
        _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        _fixture.With(a with { Metadata = a.Metadata with { IpKvt = "moved" } }, Readings.Of("b"));
        Assert.Equal("b", Taken());
        _fixture.With(restarted, Readings.Of("b"));
        Assert.Equal("a b", Taken());
        Assert.Empty(_fixture.Scheduler.DrainControl.Drains);

        _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Node, "n1"));
        _fixture.With(a with { Metadata = a.Metadata with { UtcCreate = 3 } }, Readings.Of("b"));
        Assert.Equal("b", Taken());
    }

    [Fact]
    public void Synchronize_TerminatingInstance_DrainsByItself()
    {
        _fixture.With(Readings.Of("a"), Readings.Of("b"));
        _fixture.With(Readings.Of("a", metadata: static m => m with { IsTerminating = true }), Readings.Of("b"));
        Assert.Equal("b", Taken());
        Assert.Equal(new DrainSelector(DrainScope.Terminating, ""), Assert.Single(_fixture.Scheduler.DrainControl.ReportDrains()).Selector);
        Assert.Empty(_fixture.Scheduler.DrainControl.Drains);
    }

    [Fact]
    public void RestoreDrains_OfAnotherScheduler_AreInForce()
    {
        InstanceReading[] fleet = [Readings.Of("a"), Readings.Of("b", metadata: static m => m with { NodeId = "n" }), Readings.Of("c")];
        _fixture.With(fleet);
        _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Node, "n"));

        var next = new SchedulerFixture();
        next.Scheduler.DrainControl.RestoreDrains(_fixture.Scheduler.DrainControl.Drains);
        next.With(fleet);
        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal("c", next.Neutral($"r{i}")));
        Assert.Equal(_fixture.Scheduler.DrainControl.Drains, next.Scheduler.DrainControl.Drains);
    }

    [Fact]
    public void Drain_MoreThanTheBound_IsRefusedUntilInstancesHaveLeft()
    {
        _fixture.With([.. Enumerable.Range(0, 260).Select(static i => Readings.Of($"i{i}"))]);
        DrainOutcome[] outcomes = [.. Enumerable.Range(0, 260).Select(i => _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, $"i{i}")))];
        Assert.Equal(256, outcomes.Count(static outcome => outcome == DrainOutcome.InForce));
        Assert.Equal(DrainOutcome.TooMany, outcomes[^1]);
        Assert.Equal(DrainOutcome.InForce, _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "i0")));
        _fixture.With([.. Enumerable.Range(200, 60).Select(static i => Readings.Of($"i{i}"))]);
        Assert.Equal(DrainOutcome.InForce, _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "i259")));
        Assert.Equal(57, _fixture.Scheduler.DrainControl.Drains.Count);
    }

    /// <summary>Each kind of work alone keeps an instance from being deleted.</summary>
    [Theory]
    [InlineData("running", "it has requests")]
    [InlineData("waiting", "it has requests")]
    [InlineData("hybrid", "it has requests")]
    [InlineData("loading", "it has requests")]
    [InlineData("in", "it has requests")]
    [InlineData("out", "requests are being migrated away")]
    [InlineData("held", "its KV cache is in use: another engine may have to pull it")]
    [InlineData("nothing", null)]
    public void ReportDrains_AnyWork_IsNotSafe(string work, string? reason)
    {
        InstanceReading a = Readings.Of("a", status: s => work switch
        {
            "running" => s with { RunningRequestCount = 1 },
            "waiting" => s with { WaitingRequestCount = 1 },
            "hybrid" => s with { HybridSchedulerWaitingToDecodeRequests = 1 },
            "loading" => s with { LoadingRequestCount = 1 },
            "in" => s with { MigrateInRequests = 1 },
            "out" => s with { MigrateOutRequests = 1 },
            "held" => s with { UsedGpuTokens = 160 },
            _ => s with { UsedGpuTokens = 16 },
        });
        _fixture.With(a);
        _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        Pass(ref a, 3);
        Assert.Equal(reason, WhyNotSafe());
    }

    [Fact]
    public void ReportDrains_RequestInFlight_IsNotSafeUntilItHasShownAndEnded()
    {
        InstanceReading a = Readings.Of("a");
        _fixture.With(a);
        _fixture.Neutral("r");
        _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        Pass(ref a, 3);
        Assert.Equal("it has requests", WhyNotSafe());
        Pass(ref a, 1, s => s with { RecentWaitingRequests = ["r"], RunningRequestCount = 1 });
        Assert.Equal("it has requests", WhyNotSafe());
        Pass(ref a, 1, s => s with { RecentWaitingRequests = [], RunningRequestCount = 0 });
        Assert.Equal("it has been empty for a moment only", WhyNotSafe());
        Pass(ref a, 2);
        Assert.Null(WhyNotSafe());
    }

    [Fact]
    public void ReportDrains_NoStatusSinceTheBeginning_IsNotSafe()
    {
        InstanceReading a = Readings.Of("a");
        _fixture.With(a);
        Pass(ref a, 2);
        _fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        _fixture.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("it has not reported twice since its drain began", WhyNotSafe());
        Pass(ref a, 1);
        Assert.Equal("it has not reported twice since its drain began", WhyNotSafe());
        Pass(ref a, 1);
        Assert.Null(WhyNotSafe());
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("its status is stale", WhyNotSafe());
    }

    /// <summary>Readings of metrics name no requests: what the ledger has not seen end is not over, whatever the engine says.</summary>
    [Fact]
    public void ReportDrains_ReadingsOfMetrics_LedgerCounts()
    {
        var fixture = new SchedulerFixture(settings: new FullModeOptions { Ledger = new LedgerOptions { IsReconciled = true } });
        fixture.With(Readings.Of("a"));
        fixture.Neutral("r");
        var done = new RequestProgressBatch();
        done.Add("r", "ip-a_instance0_1", 101, isPrefillDone: true);
        fixture.Scheduler.Report(done);
        fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        Assert.Equal(1, fixture.Scheduler.DrainControl.ReportDrains()[0].Instances[0].Work.InLedger);
    }

    private string Taken() => string.Join(
        " ", Enumerable.Range(0, 40).Select(i => _fixture.Neutral($"{Guid.Empty}{i}")).Distinct().Order(StringComparer.Ordinal));

    private string? WhyNotSafe() => _fixture.Scheduler.DrainControl.ReportDrains()[0].Instances[0].WhyNotSafe;

    private void Pass(ref InstanceReading reading, int seconds, Func<InstanceStatus, InstanceStatus>? status = null)
    {
        for (int i = 0; i < seconds; i++)
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(1));
            reading = reading.Later(1000, status);
            _fixture.Update(reading);
        }
    }
}
