using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.Leadership;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Leadership;

public sealed class KnownReplicasTests : IGatewaySink
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _told = [];
    private readonly KnownReplicas _replicas;

    public KnownReplicasTests() => _replicas = new KnownReplicas(this, _time);

    [Fact]
    public void HaveAllLostTheStore_NobodyElse_True() => Assert.True(_replicas.HaveAllLostTheStore());

    [Fact]
    public void HaveAllLostTheStore_WhatTheReportsSay()
    {
        _replicas.Take(new ReplicaReport { Id = "a", ReachesStore = false });
        Assert.True(_replicas.HaveAllLostTheStore());
        _replicas.Take(new ReplicaReport { Id = "b", ReachesStore = true });
        Assert.False(_replicas.HaveAllLostTheStore());
        _replicas.Take(new ReplicaReport { Id = "b", ReachesStore = false });
        Assert.True(_replicas.HaveAllLostTheStore());
    }

    // It may be cut off from us only, reach the store, and lead.
    [Fact]
    public void HaveAllLostTheStore_AReplicaIsSilent_FalseUntilItIsForgotten()
    {
        _replicas.Take(new ReplicaReport { Id = "a", ReachesStore = false });
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(_replicas.HaveAllLostTheStore());
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(_replicas.HaveAllLostTheStore());
    }

    [Fact]
    public void HaveAllLostTheStore_AReplicaHasLeft_True()
    {
        _replicas.Take(new ReplicaReport { Id = "a", ReachesStore = true });
        _replicas.Take(new ReplicaReport { Id = "a", ReachesStore = true, IsLeaving = true });
        Assert.True(_replicas.HaveAllLostTheStore());
    }

    [Fact]
    public void Take_Gateways_EachComesAndGoesOnce()
    {
        _replicas.Take(new ReplicaReport { Id = "a", Gateways = [new CarriedGateway("g", true), new CarriedGateway("h", false)] });
        _replicas.Take(new ReplicaReport { Id = "a", Gateways = [new CarriedGateway("g", true), new CarriedGateway("g", true)] });
        _time.Advance(TimeSpan.FromSeconds(11));
        _replicas.ForgetSilent();

        Assert.Equal(["+g True", "+h False", "-h False", "-g True"], _told);
    }

    [Fact]
    public void Take_MoreReplicasThanTheBound_AreRefused()
    {
        Assert.All(Enumerable.Range(0, 64), i => Assert.True(_replicas.Take(new ReplicaReport { Id = $"{i}" })));
        Assert.False(_replicas.Take(new ReplicaReport { Id = "64" }));
        Assert.True(_replicas.Take(new ReplicaReport { Id = "0" }));
    }

    int IGatewaySink.Report(RequestProgressBatch progress) => 0;

    void IGatewaySink.OnGatewayConnected(string gatewayId, bool isProven) => _told.Add($"+{gatewayId} {isProven}");

    void IGatewaySink.OnGatewayLost(string gatewayId, bool isProven) => _told.Add($"-{gatewayId} {isProven}");
}
