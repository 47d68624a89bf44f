using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Health;

public sealed class FailoverDomainTests
{
    /// <summary>a is stale. Node n1: a, b. Unit u1: a, c. Unit u2: b, d. Node n2: c, d, e. f stands alone with ids that group nothing.</summary>
    private static InstanceReading[] Fleet(int dataParallelSize, string noId) =>
    [
        Make("a", "n1", "u1", dataParallelSize, ageMs: 70_000),
        Make("b", "n1", "u2", dataParallelSize),
        Make("c", "n2", "u1", dataParallelSize),
        Make("d", "n2", "u2", dataParallelSize, InferType.Decode),
        Make("e", "n2", "u3", dataParallelSize),
        Make("f", noId, noId, dataParallelSize),
        Make("g", noId, noId, dataParallelSize, ageMs: 70_000),
    ];

    private static InstanceReading Make(
        string id, string node, string unit, int dataParallelSize, InferType type = InferType.Neutral, bool schedulable = true, long ageMs = 0) =>
        Readings.Of(
            id,
            type,
            m => m with { NodeId = node, UnitId = unit, DataParallelSize = dataParallelSize },
            s => s with { Schedulable = schedulable, TimestampMs = s.TimestampMs - ageMs });

    [Theory]
    [InlineData(FailoverDomain.Instance, 2, "")]
    [InlineData(FailoverDomain.Node, 2, "b")]
    [InlineData(FailoverDomain.InstanceUnit, 2, "c")]
    [InlineData(FailoverDomain.NodeUnit, 2, "bcd")]
    [InlineData(FailoverDomain.InstanceUnit, 1, "")]
    [InlineData(FailoverDomain.NodeUnit, 1, "b")]
    public void Health_OneBadInstance_ItsDomainFailsOver(FailoverDomain domain, int dataParallelSize, string failover)
    {
        foreach (string noId in new[] { "", "0" })
        {
            var fixture = new SchedulerFixture(settings: new FullModeOptions { Failover = new FailoverOptions { Domain = FailoverDomainNames.All[(int)domain] } });
            fixture.With(Fleet(dataParallelSize, noId));
            string actual = string.Concat(fixture.Scheduler.Snapshot().Instances
                .Where(i => i.Health == InstanceHealth.Failover).Select(i => i.Metadata.InstanceId).Order());
            Assert.Equal(failover, actual);
        }
    }

    [Fact]
    public void Health_StaleInstance_CountsAsBadAndRecovers()
    {
        InstanceReading a = Make("a", "n1", "", 1);
        InstanceReading b = Make("b", "n1", "", 1);
        var fixture = new SchedulerFixture(settings: new FullModeOptions { Failover = new FailoverOptions { Domain = "node" } }).With(a, b);
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        fixture.Update(b.Later());
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(InstanceHealth.Stale, fixture["a"].Health);
        Assert.Equal(InstanceHealth.Failover, fixture["b"].Health);
        fixture.Update(a.Later());
        Assert.Equal(InstanceHealth.Ok, fixture["a"].Health);
        Assert.Equal(InstanceHealth.Ok, fixture["b"].Health);
    }

    /// <summary>A drain is asked for, and that the engine then ends, too.</summary>
    [Theory]
    [InlineData(FailoverDomain.Node)]
    [InlineData(FailoverDomain.InstanceUnit)]
    [InlineData(FailoverDomain.NodeUnit)]
    public void Health_DrainedInstance_ItsNeighboursStay(FailoverDomain domain)
    {
        InstanceReading a = Make("a", "n1", "u1", 2), b = Make("b", "n1", "u1", 2);
        var fixture = new SchedulerFixture(settings: new FullModeOptions { Failover = new FailoverOptions { Domain = FailoverDomainNames.All[(int)domain] } }).With(a, b);
        fixture.Update(a.Later(status: s => s with { Schedulable = false }));
        Assert.Equal((InstanceHealth.Unschedulable, InstanceHealth.Ok), (fixture["a"].Health, fixture["b"].Health));
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        fixture.Update(b.Later());
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal((InstanceHealth.Unschedulable, InstanceHealth.Ok), (fixture["a"].Health, fixture["b"].Health));
    }

    /// <summary>The engine has crashed, and comes back under another id at its old address, long before the old one's keys are gone.</summary>
    [Fact]
    public void Health_ReplacedAtItsAddress_SuccessorAndNodeStay()
    {
        InstanceReading dead = At("dead", "10.0.0.1"), neighbour = At("neighbour", "10.0.0.2"), successor = At("successor", "10.0.0.1");
        var fixture = new SchedulerFixture(settings: new FullModeOptions { Failover = new FailoverOptions { Domain = "node" } }).With(dead, neighbour);
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        successor = successor.Later(5000);
        fixture.With(dead, neighbour = neighbour.Later(5000), successor);
        Assert.Equal(InstanceHealth.Stale, fixture["dead"].Health);
        Assert.Equal((InstanceHealth.Ok, InstanceHealth.Ok), (fixture["neighbour"].Health, fixture["successor"].Health));
        fixture.Time.Advance(TimeSpan.FromSeconds(58));
        fixture.With(dead, neighbour.Later(), successor = successor.Later());
        Assert.Equal((InstanceHealth.Ok, InstanceHealth.Ok), (fixture["neighbour"].Health, fixture["successor"].Health));

        // Nobody replaces the successor: its silence is a failure.
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        fixture.Update(neighbour = neighbour.Later(200));
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal((InstanceHealth.Failover, InstanceHealth.Stale), (fixture["neighbour"].Health, fixture["successor"].Health));
    }

    /// <summary>Two that report are both there, whatever their addresses say; so are ranks behind one API server.</summary>
    [Fact]
    public void Health_SharedAddressOfLivingInstances_BothStay()
    {
        InstanceReading a = At("a", "10.0.0.1"), b = At("b", "10.0.0.1"), rank = At("c", "10.0.0.1", rank: 1);
        var fixture = new SchedulerFixture().With(a, rank);
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.With(a, rank, b.Later(1000));
        Assert.Equal(InstanceHealth.Stale, fixture["a"].Health);
        Assert.Equal(InstanceHealth.Ok, fixture["c"].Health);
        fixture.Update(a.Later());
        Assert.All(fixture.Scheduler.Snapshot().Instances, instance => Assert.Equal(InstanceHealth.Ok, instance.Health));
    }

    private static InstanceReading At(string id, string ip, int rank = 0) => Readings.Of(
        id, InferType.Neutral, m => m with { NodeId = "n", Ip = ip, DataParallelRank = rank });

    [Theory]
    [InlineData("instance", FailoverDomain.Instance)]
    [InlineData("node", FailoverDomain.Node)]
    [InlineData("instance-unit", FailoverDomain.InstanceUnit)]
    [InlineData("node-unit", FailoverDomain.NodeUnit)]
    public void TryParse_KnownName_Parsed(string name, FailoverDomain expected)
    {
        Assert.True(FailoverDomainNames.TryParse(name, out FailoverDomain domain));
        Assert.Equal(expected, domain);
    }

    [Fact]
    public void TryParse_UnknownName_False() => Assert.False(FailoverDomainNames.TryParse("rack", out _));
}
