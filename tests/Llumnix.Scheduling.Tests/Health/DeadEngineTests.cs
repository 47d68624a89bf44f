using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Health;

/// <summary>Engines that write no status any more, hung or crashed, while the others go on.</summary>
public sealed class DeadEngineTests
{
    private static readonly TimeSpan StalenessLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(FailoverDomain.Instance, InstanceHealth.Ok)]
    [InlineData(FailoverDomain.Node, InstanceHealth.Failover)]
    public void Schedule_EngineHangs_StaleAfterTheLimitWithItsFailureDomain(FailoverDomain domain, InstanceHealth neighbours)
    {
        InstanceReading hung = On("n1", "hung").Later(), neighbour = On("n1", "neighbour"), other = On("n2", "other");
        var fixture = new SchedulerFixture(settings: new FullModeOptions { Failover = new FailoverOptions { Domain = FailoverDomainNames.All[(int)domain] } });
        fixture.With(On("n1", "hung"), neighbour, other).With(hung, neighbour, other);

        fixture.Time.Advance(StalenessLimit);
        fixture.With(hung, neighbour = neighbour.Later(60_000), other = other.Later(60_000));
        Assert.Equal((InstanceHealth.Ok, InstanceHealth.Ok), (fixture["hung"].Health, fixture["neighbour"].Health));

        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((InstanceHealth.Stale, neighbours, InstanceHealth.Ok), (fixture["hung"].Health, fixture["neighbour"].Health, fixture["other"].Health));
        Assert.Equal(
            neighbours == InstanceHealth.Ok ? ["neighbour", "other"] : ["other"],
            Enumerable.Range(0, 20).Select(i => fixture.Neutral($"r{i}")).Distinct().Order());
    }

    /// <summary>Its keys outlive it by 100 s, and it gets no request for the last 40 of them. With the keys it goes, and what was sent to it too.</summary>
    [Fact]
    public void Schedule_EngineCrashes_StaleUntilItLeavesWithItsKeys()
    {
        InstanceReading crashed = On("n1", "crashed").Later(), other = On("n2", "other", InferType.Decode);
        SchedulerFixture fixture = new SchedulerFixture().With(On("n1", "crashed"), other).With(crashed, other);

        fixture.Time.Advance(StalenessLimit);
        fixture.With(crashed, other = other.Later(60_000));
        Assert.Equal("crashed", fixture.Neutral("r1"));
        Assert.Equal(1, fixture.Scheduler.Snapshot().LedgerEntries);

        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(InstanceHealth.Stale, fixture["crashed"].Health);
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, fixture.Neutral("r2", out _));

        fixture.Time.Advance(TimeSpan.FromSeconds(40));
        fixture.With(other.Later(40_001));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Neutral("r3", out _));
        Assert.Equal(0, fixture.Scheduler.Snapshot().LedgerEntries);
    }

    /// <summary>A source that reads the engines itself says that nothing answers at one: that is its state everywhere.</summary>
    [Fact]
    public void Explain_SourceFindsNothingAtTheAddress_DroppedAsUnreachable()
    {
        InstanceReading asleep = On("n1", "dead") with { Status = On("n1", "dead").Status with { Schedulable = false } }, other = On("n2", "other");
        SchedulerFixture fixture = new SchedulerFixture().With(asleep, other);
        Assert.Equal((InstanceHealth.Unschedulable, false), HealthOf("dead"));

        fixture.With(asleep.Later(status: s => s with { IsUnreachable = true }), other);
        Assert.Equal((InstanceHealth.Unreachable, true), HealthOf("dead"));
        var request = new PlacementRequest("r", SchedulingMode.Neutral, default, 10);
        Assert.Equal(
            [("dead", "unreachable", "ip-dead:8000"), ("other", null, "ip-other:8000")],
            fixture.Scheduler.Explain(in request)[0].Candidates.Select(static c => (c.InstanceId, c.DroppedBy, c.Address)).OrderBy(static c => c.InstanceId));

        fixture.With(asleep.Later(200, static s => s with { UpdateId = 3, Schedulable = true }), other);
        Assert.Equal((InstanceHealth.Ok, false), HealthOf("dead"));

        (InstanceHealth, bool) HealthOf(string id) =>
            fixture.Scheduler.CaptureHealth().Where(state => state.Address.InstanceId == id).Select(static state => (state.Health, state.IsUnreachable)).Single();
    }

    /// <summary>A crash of an engine that is read without an agent takes its failure domain out after the limit, as a hung one does.</summary>
    [Fact]
    public void Schedule_SourceFindsNothingAtTheAddressForTheLimit_ItsFailureDomainIsOut()
    {
        InstanceReading dead = On("n1", "dead").Later(status: static s => s with { Schedulable = false, IsUnreachable = true });
        InstanceReading neighbour = On("n1", "neighbour"), other = On("n2", "other");
        var fixture = new SchedulerFixture(settings: new FullModeOptions { Failover = new FailoverOptions { Domain = "node" } });
        fixture.With(On("n1", "dead"), neighbour, other).With(dead, neighbour, other);

        fixture.Time.Advance(StalenessLimit);
        fixture.With(dead, neighbour = neighbour.Later(60_000), other = other.Later(60_000));
        Assert.Equal((InstanceHealth.Unreachable, InstanceHealth.Ok), (fixture["dead"].Health, fixture["neighbour"].Health));

        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(
            (InstanceHealth.Unreachable, InstanceHealth.Failover, InstanceHealth.Ok),
            (fixture["dead"].Health, fixture["neighbour"].Health, fixture["other"].Health));
    }

    private static InstanceReading On(string node, string id, InferType type = InferType.Neutral) => Readings.Of(id, type, m => m with { NodeId = node });
}
