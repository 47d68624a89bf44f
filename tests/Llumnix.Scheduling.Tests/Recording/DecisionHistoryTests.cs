using CsCheck;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Recording;

public sealed class DecisionHistoryTests
{
    private static readonly FullModeOptions Recorded = new() { DecisionHistory = 8 };

    [Fact]
    public void Neutral_TheRecordTellsThePickTheRunnerUpAndTheirValues()
    {
        SchedulerFixture fixture = new SchedulerFixture(settings: Recorded).With(
            Waiting("a", 100), Waiting("b", 10_000), Waiting("c", 50), Readings.Of("d", status: s => s with { Schedulable = false }), Readings.Of("p", InferType.Prefill));
        fixture.Neutral("r1", tokens: 70);
        DecisionRecord record = Assert.Single(All(fixture.Scheduler.History!));
        Assert.Equal(
            (0L, "r1", ScheduleOutcome.Placed, InferType.Neutral, 70, "c", "a"),
            (record.Sequence, record.RequestId, record.Outcome, record.Role, record.PromptTokens, record.InstanceId, record.RunnerUpId));
        Assert.Equal("all_prefills_tokens_num", record.Metrics.Names[record.DecisiveMetric]);
        Assert.Equal((50, 100), (record.Values[record.DecisiveMetric], record.RunnerUpValues[record.DecisiveMetric]));
        Assert.Equal((3, 3, 3, 3, 2), Counts(record));
        Assert.True(record.ArePreferencesMet);
        Assert.Equal(fixture.Time.GetUtcNow().ToUnixTimeMilliseconds(), record.TimeMs, tolerance: 1);
    }

    [Fact]
    public void NoCandidate_TheRecordHasNoInstanceAndNoCounts()
    {
        SchedulerFixture fixture = new SchedulerFixture(settings: Recorded).With(Readings.Of("a"), Readings.Of("b", status: s => s with { Schedulable = false }));
        fixture.Neutral("placed before, whose scope must not show");
        fixture.Scheduler.Schedule(new PlacementRequest("r", SchedulingMode.Neutral, default, 5, ExcludedInstances: ["a"], IsRetry: true), out _);
        DecisionRecord record = All(fixture.Scheduler.History!)[1];
        Assert.Equal((ScheduleOutcome.AllExcluded, null, null, -1, true), (record.Outcome, record.InstanceId, record.RunnerUpId, record.DecisiveMetric, record.IsRetry));
        Assert.Equal((1, 1, 0, 0, 0), Counts(record));
        Assert.True(double.IsNaN(record.Values[0]));
    }

    [Fact]
    public void Pair_IsTwoRecords()
    {
        SchedulerFixture fixture = new SchedulerFixture(settings: Recorded).With(Readings.Of("p", InferType.Prefill), Readings.Of("d", InferType.Decode));
        fixture.Pair("r", out _);
        Assert.Equal(
            [("r", InferType.Prefill, "p", null), ("r", InferType.Decode, "d", null)],
            All(fixture.Scheduler.History!).Select(r => (r.RequestId, r.Role, r.InstanceId, r.RunnerUpId)));
    }

    [Fact]
    public void RefusedPair_NeitherRoleHasAnInstance()
    {
        SchedulerFixture fixture = new SchedulerFixture(settings: Recorded).With(Readings.Of("p", InferType.Prefill));
        fixture.Pair("r", out _);
        Assert.Equal(
            [(InferType.Prefill, ScheduleOutcome.EndpointNotFound, null, true), (InferType.Decode, ScheduleOutcome.EndpointNotFound, null, false)],
            All(fixture.Scheduler.History!).Select(r => (r.Role, r.Outcome, r.InstanceId, r.IsOtherRoleMissing)));
    }

    [Fact]
    public void Slo_PredictionsAreThoseOfTheAnswer()
    {
        SchedulerFixture fixture = new SchedulerFixture(
            "slo",
            Recorded with { LatencyPredictor = RoundProfile.Predictor },
            new PolicyOptions { Slo = new SloOptions { Ttft = TimeSpan.FromSeconds(60) } }).With(Readings.Of("a"), Readings.Of("b"));
        fixture.Scheduler.Schedule(new PlacementRequest("r", SchedulingMode.Neutral, default, 100), out Placement placement);
        DecisionRecord record = Assert.Single(All(fixture.Scheduler.History!));
        Assert.Equal((placement.First.PredictedTtftMs, placement.First.PredictedTpotMs), (record.PredictedTtftMs, record.PredictedTpotMs));
        Assert.Equal("predicted_ttft", record.Metrics.Names[record.DecisiveMetric]);
    }

    [Fact]
    public void RoundRobin_HasNoRunnerUp()
    {
        LiteModeFixture fixture = new LiteModeFixture("round-robin", new LiteModeOptions { DecisionHistory = 8 })
            .With(LiteModeFixture.Of("a"), LiteModeFixture.Of("b"));
        fixture.Neutral("r");
        DecisionRecord record = Assert.Single(All(fixture.Scheduler.History!));
        Assert.Equal(("a", null, -1), (record.InstanceId, record.RunnerUpId, record.DecisiveMetric));
    }

    [Fact]
    public void Report_FirstTokenIsTimedOnce()
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { DecisionHistory = 8 }).With(LiteModeFixture.Of("a"));
        fixture.Neutral("r");
        fixture.Neutral("other");
        fixture.Time.Advance(TimeSpan.FromMilliseconds(300));
        fixture.Report("r", "a", 100);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(200));
        fixture.Report("r", "a", 101, isPrefillDone: true);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(200));
        fixture.Report("r", "a", 110, isPrefillDone: true);
        Assert.Equal([500, double.NaN], All(fixture.Scheduler.History!).Select(r => r.ObservedTtftMs));
        long from = 0;
        var tokens = new FirstToken[8];
        Assert.Equal(1, fixture.Scheduler.History!.CopyFirstTokens(ref from, tokens));
        Assert.Equal((0L, 500, 1L), (tokens[0].Sequence, tokens[0].TtftMs, from));
        Assert.Equal(0, fixture.Scheduler.History.CopyFirstTokens(ref from, tokens));
    }

    [Fact]
    public void Report_TokensGrowUntilTheRequestEnds()
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { DecisionHistory = 8 }).With(LiteModeFixture.Of("a"));
        fixture.Neutral("r", 100);
        fixture.Neutral("silent", 100);
        fixture.Report("r", "a", 100);
        Assert.Equal([0, 0], All(fixture.Scheduler.History!).Select(r => r.OutputTokens));
        fixture.Report("r", "a", 101, isPrefillDone: true);
        fixture.Report("r", "a", 130);
        fixture.Report("r", "a", 120);
        DecisionRecord running = All(fixture.Scheduler.History!)[0];
        Assert.Equal((30, fixture.Time.GetUtcNow().ToUnixTimeMilliseconds()), (running.OutputTokens, (long)Math.Round(running.ReportedMs)));
        fixture.Scheduler.History!.ObserveEnd("r", 145);
        fixture.Scheduler.History.ObserveEnd("unknown", 145);
        Assert.Equal([(45, double.NegativeInfinity), (0, 0)], All(fixture.Scheduler.History).Select(r => (r.OutputTokens, r.ReportedMs)));
    }

    /// <summary>A report is taken over in pieces, of which each holds the lock.</summary>
    [Fact]
    public void Report_OfMoreRequestsThanOneHoldOfTheLockTakes_ReachesAll()
    {
        const int requests = 150;
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { DecisionHistory = 200 }).With(LiteModeFixture.Of("a"));
        var batch = new RequestProgressBatch();
        for (int i = 0; i < requests; i++)
        {
            fixture.Neutral($"r{i}", 10);
            batch.Add($"r{i}", "a", 11 + i, isPrefillDone: true);
        }

        fixture.Scheduler.Report(batch);
        Assert.Equal(Enumerable.Range(1, requests), All(fixture.Scheduler.History!).Select(r => r.OutputTokens));
    }

    [Fact]
    public void Report_OfARequestThatIsNoLongerKept_ChangesNothing()
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { DecisionHistory = 2 }).With(LiteModeFixture.Of("a"));
        fixture.Neutral("old");
        fixture.Report("unknown", "a", 1, isPrefillDone: true);
        fixture.Neutral("r1");
        fixture.Neutral("r2");
        fixture.Report("old", "a", 101, isPrefillDone: true);
        Assert.All(All(fixture.Scheduler.History!), record => Assert.True(double.IsNaN(record.ObservedTtftMs)));
    }

    /// <summary>Against a list of everything: the ring keeps the newest, and each first token lands at the newest kept decision of its request.</summary>
    [Fact]
    public void AnyDecisionsAndReports_TheRingKeepsTheNewest() => Gen.Select(Gen.Int[2, 9], Gen.Bool.Select(Gen.Int[0, 5]).Array[0, 200]).Sample((capacity, steps) =>
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { DecisionHistory = capacity }).With(LiteModeFixture.Of("a"));
        var expected = new List<(string Id, double TimeMs, double Ttft)>();
        double now = 0;
        foreach ((bool isReport, int request) in steps)
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
            now++;
            string id = $"r{request}";
            if (!isReport)
            {
                fixture.Neutral(id);
                expected.Add((id, now, double.NaN));
                continue;
            }

            fixture.Report(id, "a", 101, isPrefillDone: true);
            int index = expected.FindLastIndex(decision => decision.Id == id);
            if (index >= Math.Max(0, expected.Count - capacity) && double.IsNaN(expected[index].Ttft))
            {
                expected[index] = expected[index] with { Ttft = now - expected[index].TimeMs };
            }
        }

        DecisionRecord[] kept = All(fixture.Scheduler.History!);
        Assert.Equal(expected.TakeLast(capacity).Select(d => (d.Id, d.Ttft)), kept.Select(r => (r.RequestId, r.ObservedTtftMs)));
        Assert.Equal(expected.Count, fixture.Scheduler.History!.Total);
    });

    /// <summary>Looking changes nothing: with the same seed the same instances are chosen, ties and draws included.</summary>
    [Theory]
    [InlineData("load-balance", 1)]
    [InlineData("load-balance", 3)]
    [InlineData("round-robin", 1)]
    public void Recorded_DecisionsAreTheSame(string policy, int topK) => Gen.Int[0, 300].Array[1, 30].Sample(prompts =>
    {
        var plain = new LiteModeFixture(policy, topK: topK);
        var recorded = new LiteModeFixture(policy, new LiteModeOptions { DecisionHistory = 4 }, topK: topK);
        DiscoveredInstance[] instances = [.. "abcde".Select(id => LiteModeFixture.Of($"{id}"))];
        plain.With(instances);
        recorded.With(instances);
        Assert.Equal(Chosen(plain), Chosen(recorded));

        List<string?> Chosen(LiteModeFixture fixture) => [.. prompts.Select((tokens, i) => fixture.Neutral($"r{i}", tokens))];
    });

    [Fact]
    public void NoHistory_NothingIsRecorded() => Assert.Null(new SchedulerFixture().Scheduler.History);

    private static DecisionRecord[] All(DecisionHistory history)
    {
        var records = new DecisionRecord[1000];
        return records[..history.Copy(0, records)];
    }

    private static (int, int, int, int, int) Counts(DecisionRecord record) =>
        (record.Healthy, record.Fitting, record.Allowed, record.Eligible, record.Considered);

    private static InstanceReading Waiting(string id, int tokens) =>
        Readings.Of(id, status: s => s with { UncomputedTokensAllWaitingPrefills = tokens });
}
