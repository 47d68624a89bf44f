using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Tests.Draining;

public sealed class LiteModeDrainTests
{
    [Theory]
    [InlineData("load-balance")]
    [InlineData("round-robin")]
    public void Schedule_OneDrains_NothingNewGoesThere(string policy)
    {
        LiteModeFixture fixture = new LiteModeFixture(policy).With(LiteModeFixture.Of("a"), LiteModeFixture.Of("b"), LiteModeFixture.Of("c"));
        fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "b"));
        Assert.Equal(["a", "c"], Enumerable.Range(0, 20).Select(i => fixture.Neutral($"r{i}")!).Distinct().Order(StringComparer.Ordinal));
        fixture.Scheduler.DrainControl.UndoDrain(new(DrainScope.Instance, "b"));
        Assert.Contains("b", Enumerable.Range(20, 20).Select(i => fixture.Neutral($"r{i}")));
    }

    [Fact]
    public void Schedule_PairOfWhichARoleDrains_IsRefused()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(LiteModeFixture.Of("p", InferType.Prefill), LiteModeFixture.Of("d", InferType.Decode));
        fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "d"));
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, fixture.Schedule("r", out _, SchedulingMode.PdBatch));
        Assert.Equal(0, fixture["p"].Requests);
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Schedule("r", out _));
    }

    [Fact]
    public void Schedule_InstancesOfAModelDrain_IsRefusedAndExplained()
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { IsMultiModelSupported = true })
            .With(LiteModeFixture.Of("a", model: "x"), LiteModeFixture.Of("b", model: "y"));
        fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, fixture.Schedule("r", out _, model: "x"));
        Assert.Equal(
            [("a", "draining"), ("b", "model")],
            fixture.Scheduler.Explain(new PlacementRequest("r", SchedulingMode.Neutral, default, 10, null, "x"))[0].Candidates
                .Select(static candidate => (candidate.InstanceId, candidate.DroppedBy!)));
    }

    [Fact]
    public void ReportDrains_RequestStates_AreWhatIsLeft()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(LiteModeFixture.Of("a"));
        fixture.Neutral("r1");
        fixture.Neutral("r2");
        fixture.Report("r1", "a", 120, isPrefillDone: true);
        fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        Assert.Equal(new DrainWork(Running: 1, Waiting: 1), Only(fixture).Work);
        fixture.Release("r1", "a");
        fixture.Release("r2", "a");
        Assert.Equal("it has been empty for a moment only", Only(fixture).WhyNotSafe);
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(Only(fixture).IsSafeToDelete);
        Assert.Equal(TimeSpan.Zero, Only(fixture).EmptyIn);
        Assert.Equal(2, Only(fixture).AtStart);

        // A report of another gateway's request, as after the loss of a scheduler.
        fixture.Report("r3", "a", 50);
        Assert.Equal("it has requests", Only(fixture).WhyNotSafe);
    }

    [Fact]
    public void Synchronize_NewVersion_IsNotDrained()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(LiteModeFixture.Of("a", version: 5));
        fixture.Scheduler.DrainControl.Drain(new(DrainScope.Instance, "a"));
        fixture.With(LiteModeFixture.Of("a", version: 4));
        Assert.Null(fixture.Neutral("r"));
        fixture.With(LiteModeFixture.Of("a", version: 6));
        Assert.Equal("a", fixture.Neutral("r"));
    }

    [Fact]
    public void Synchronize_TerminatingInstance_KeepsItsRequests()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(LiteModeFixture.Of("a"), LiteModeFixture.Of("b"));
        fixture.Neutral("r1");
        fixture.Neutral("r2");
        fixture.With(LiteModeFixture.Of("a") with { IsTerminating = true }, LiteModeFixture.Of("b"));
        Assert.Equal(1, Only(fixture).Work.Requests);
        Assert.All(Enumerable.Range(3, 10), i => Assert.Equal("b", fixture.Neutral($"r{i}")));
    }

    private static DrainingInstance Only(LiteModeFixture fixture) => Assert.Single(Assert.Single(fixture.Scheduler.DrainControl.ReportDrains()).Instances);
}
