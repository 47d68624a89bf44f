using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Health;

public sealed class FailureDomainTests
{
    /// <summary>a is bad. Node n1: a, b. Unit u1: a, c. Unit u2: b, d. Node n2: c, d, e. f stands alone with ids that group nothing.</summary>
    private static InstanceReading[] Fleet(int dataParallelSize, string noId) =>
    [
        Make("a", "n1", "u1", dataParallelSize, schedulable: false),
        Make("b", "n1", "u2", dataParallelSize),
        Make("c", "n2", "u1", dataParallelSize),
        Make("d", "n2", "u2", dataParallelSize, InferType.Decode),
        Make("e", "n2", "u3", dataParallelSize),
        Make("f", noId, noId, dataParallelSize),
        Make("g", noId, noId, dataParallelSize, schedulable: false),
    ];

    private static InstanceReading Make(
        string id, string node, string unit, int dataParallelSize, InferType type = InferType.Neutral, bool schedulable = true) =>
        Readings.Of(
            id,
            type,
            m => m with { NodeId = node, UnitId = unit, DataParallelSize = dataParallelSize },
            s => s with { Schedulable = schedulable });

    [Theory]
    [InlineData(FailureDomain.Instance, 2, "")]
    [InlineData(FailureDomain.Node, 2, "b")]
    [InlineData(FailureDomain.InstanceUnit, 2, "c")]
    [InlineData(FailureDomain.NodeUnit, 2, "bcd")]
    [InlineData(FailureDomain.InstanceUnit, 1, "")]
    [InlineData(FailureDomain.NodeUnit, 1, "b")]
    public void Health_OneBadInstance_ItsDomainFailsOver(FailureDomain domain, int dataParallelSize, string failover)
    {
        foreach (string noId in new[] { "", "0" })
        {
            var fixture = new SchedulerFixture(settings: new FullModeSettings { FailureDomain = domain });
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
        var fixture = new SchedulerFixture(settings: new FullModeSettings { FailureDomain = FailureDomain.Node }).With(a, b);
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        fixture.Update(b.Later());
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(InstanceHealth.Stale, fixture["a"].Health);
        Assert.Equal(InstanceHealth.Failover, fixture["b"].Health);
        fixture.Update(a.Later());
        Assert.Equal(InstanceHealth.Ok, fixture["a"].Health);
        Assert.Equal(InstanceHealth.Ok, fixture["b"].Health);
    }

    [Theory]
    [InlineData("instance", FailureDomain.Instance)]
    [InlineData("node", FailureDomain.Node)]
    [InlineData("instance-unit", FailureDomain.InstanceUnit)]
    [InlineData("node-unit", FailureDomain.NodeUnit)]
    public void TryParse_KnownName_Parsed(string name, FailureDomain expected)
    {
        Assert.True(FailureDomainNames.TryParse(name, out FailureDomain domain));
        Assert.Equal(expected, domain);
    }

    [Fact]
    public void TryParse_UnknownName_False() => Assert.False(FailureDomainNames.TryParse("rack", out _));
}
