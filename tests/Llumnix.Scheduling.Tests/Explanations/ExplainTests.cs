using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Explanations;

public sealed class ExplainTests
{
    [Fact]
    public void Explain_Neutral_TellsWhoDroppedWhomAndTheValues()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(
            Waiting("a", 100), Waiting("b", 10_000), Waiting("c", 50), Readings.Of("d", status: s => s with { Schedulable = false }), Readings.Of("p", InferType.Prefill));
        RoleExplanation role = Neutral(fixture.Scheduler);
        Assert.Equal(("load-balance", InferType.Neutral, ScheduleOutcome.Placed, "c"), (role.Policy, role.Role, role.Outcome, role.InstanceId));
        Assert.True(role.ArePreferencesMet);
        Assert.Equal(["all_prefills_tokens_num"], role.Metrics);
        Assert.Equal(
            [("a", null, 100), ("b", "all_prefills_tokens_num < 8192", 10_000), ("c", null, 50), ("d", "unschedulable", 0)],
            role.Candidates.Select(c => (c.InstanceId, c.DroppedBy, c.Values[0])));
        Assert.Equal([false, true, false, false], role.Candidates.Select(c => c.IsOnlyUnwanted));
    }

    [Fact]
    public void Explain_EverybodyUnwanted_PreferencesAreWaived()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Waiting("a", 9000), Waiting("b", 9001));
        RoleExplanation role = Neutral(fixture.Scheduler);
        Assert.Equal("a", role.InstanceId);
        Assert.False(role.ArePreferencesMet);
    }

    [Fact]
    public void Explain_Refusals_NameTheOutcome()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("a", status: s => s with { Schedulable = false }));
        Assert.Equal((ScheduleOutcome.NoAvailableEndpoint, null), OutcomeOf(Neutral(fixture.Scheduler)));
        IReadOnlyList<RoleExplanation> pair = fixture.Scheduler.Explain(new PlacementRequest("r", SchedulingMode.PdBatch, default, 100));
        Assert.Equal([InferType.Prefill, InferType.Decode], pair.Select(role => role.Role));
        Assert.All(pair, role => Assert.Equal((ScheduleOutcome.EndpointNotFound, null), OutcomeOf(role)));
    }

    [Fact]
    public void Explain_Slo_RequiredFiltersDropForGood()
    {
        SchedulerFixture fixture = new SchedulerFixture(
            "slo",
            new FullModeOptions { LatencyPredictor = RoundProfile.Predictor },
            new PolicyOptions { Slo = new SloOptions { Ttft = TimeSpan.FromMilliseconds(1) } }).With(Readings.Of("a"));
        RoleExplanation role = Neutral(fixture.Scheduler);
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, role.Outcome);
        Assert.Equal(("predicted_ttft < 1", false), role.Candidates.Select(c => (c.DroppedBy, c.IsOnlyUnwanted)).Single());
        Assert.Contains("predicted_ttft", role.Metrics);
    }

    [Fact]
    public void Explain_AnyNumber_AccountsNothingAndChangesNoLaterDecision()
    {
        SchedulerFixture explained = new SchedulerFixture(seed: 7).With(Readings.Of("a"), Readings.Of("b"), Readings.Of("c"));
        SchedulerFixture plain = new SchedulerFixture(seed: 7).With(Readings.Of("a"), Readings.Of("b"), Readings.Of("c"));
        for (int i = 0; i < 50; i++)
        {
            Neutral(explained.Scheduler);
            Assert.Equal(plain.Neutral($"r{i}"), explained.Neutral($"r{i}"));
        }

        Assert.Equal(plain.Scheduler.Snapshot().LedgerEntries, explained.Scheduler.Snapshot().LedgerEntries);
    }

    [Fact]
    public void Explain_RoundRobin_IsTheNextDecision()
    {
        SchedulerFixture fixture = new SchedulerFixture("round-robin").With(Readings.Of("a"), Readings.Of("b"));
        fixture.Neutral("r1");
        Assert.Equal("b", Neutral(fixture.Scheduler).InstanceId);
        Assert.Equal("b", Neutral(fixture.Scheduler).InstanceId);
        Assert.Equal("b", fixture.Neutral("r2"));
    }

    /// <summary>The election that an explanation sees is not kept: when the fleet has changed before the next decision, that elects by what it sees.</summary>
    [Fact]
    public void Explain_AdaptivePd_ElectsNobody()
    {
        SchedulerFixture Make() => new SchedulerFixture(
            "slo",
            new FullModeOptions { LatencyPredictor = RoundProfile.Predictor },
            new PolicyOptions { AdaptivePd = new AdaptivePdOptions { IsEnabled = true } }).With(Readings.Of("a"), Readings.Of("b"));
        SchedulerFixture explained = Make();
        SchedulerFixture plain = Make();
        Assert.Equal("a", explained.Scheduler.Explain(new PlacementRequest("r", SchedulingMode.PdBatch, default, 100))[0].InstanceId);
        foreach (SchedulerFixture fixture in new[] { explained, plain })
        {
            fixture.Update(Readings.Of("a").Later(status: s => s with { SchedulerRunningToDecodeRequests = 3, SchedulerRunningToDecodeTokens = 300 }));
        }

        explained.Pair("r", out Placement first);
        plain.Pair("r", out Placement second);
        Assert.Equal(("b", "a"), (first.First.Instance.InstanceId, first.Second!.Value.Instance.InstanceId));
        Assert.Equal((second.First.Instance.InstanceId, second.Second!.Value.Instance.InstanceId), (first.First.Instance.InstanceId, first.Second!.Value.Instance.InstanceId));
    }

    [Fact]
    public void Explain_LiteMode_TellsTheModelAndTheLoad()
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { IsMultiModelSupported = true })
            .With(LiteModeFixture.Of("a", model: "m"), LiteModeFixture.Of("b", model: "other"), LiteModeFixture.Of("c"));
        fixture.Neutral("r1", model: "m");
        RoleExplanation role = Assert.Single(fixture.Scheduler.Explain(new PlacementRequest("r", SchedulingMode.Neutral, default, 100, null, "m")));
        Assert.Equal(["num_tokens"], role.Metrics);
        Assert.Equal("model", role.Candidates.Single(c => c.InstanceId == "b").DroppedBy);
        Assert.Equal(100, role.Candidates.Where(c => c.DroppedBy is null).Sum(c => c.Values[0]));
        Assert.Equal(0, role.Candidates.Single(c => c.InstanceId == role.InstanceId).Values[0]);
    }

    private static RoleExplanation Neutral(FullModeScheduler scheduler) =>
        Assert.Single(scheduler.Explain(new PlacementRequest("r", SchedulingMode.Neutral, default, 100)));

    private static (ScheduleOutcome Outcome, string? InstanceId) OutcomeOf(RoleExplanation role) => (role.Outcome, role.InstanceId);

    private static InstanceReading Waiting(string id, int tokens) =>
        Readings.Of(id, status: s => s with { UncomputedTokensAllWaitingPrefills = tokens });
}
