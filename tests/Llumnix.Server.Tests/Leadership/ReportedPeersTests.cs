using System.Globalization;
using System.Net;
using Llumnix.Server.Leadership.Peers;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Leadership;

public sealed class ReportedPeersTests
{
    private static readonly ReportedPeer Own = new("own", "me:9");
    private readonly FakeTimeProvider _time = new();
    private readonly ReportedPeers _peers;

    public ReportedPeersTests() => _peers = new ReportedPeers(Own, _time);

    [Fact]
    public void Hear_OfAReport_IsTheCallersHost()
    {
        _peers.Hear("a", IPAddress.Parse("::ffff:10.0.0.1"), 8003);
        _peers.Hear("b", IPAddress.Parse("fd00::1"), 8003);
        _peers.Hear("none", IPAddress.Loopback, 0);
        _peers.Hear("unknown", null, 8003);
        Assert.Equal([new("10.0.0.1", 8003), new("fd00::1", 8003)], _peers.Current);
        Assert.Equal([Own, new("a", "10.0.0.1:8003"), new("b", "[fd00::1]:8003")], _peers.All());
        Assert.Equal(9, _peers.OwnPort);
    }

    [Fact]
    public void Hear_OfTheLeadersAnswer_LeavesOutItselfAndWhatCannotBeUsed()
    {
        _peers.Hear([Own, null, new("a", null!), new(null!, "a:1"), new("", "a:1"), new("b", "a"), new("c", "a:0"), new("d", "[:1"), new("e", "x:1")]);
        Assert.Equal([new DnsEndPoint("x", 1)], _peers.Current);
    }

    [Fact]
    public void Hear_KnownReplicaByAnotherName_StaysOne()
    {
        _peers.Hear([new("a", "a.scheduler:1")]);
        _peers.Hear("a", IPAddress.Loopback, 1);
        Assert.Equal([new DnsEndPoint("a.scheduler", 1)], _peers.Current);
    }

    [Fact]
    public void Current_ReplicaThatIsSilent_IsDroppedAfterAWhile()
    {
        _peers.Hear("a", IPAddress.Loopback, 1);
        _time.Advance(ReportedPeers.Lifetime);
        _peers.Hear("b", IPAddress.Loopback, 2);
        Assert.Equal(2, _peers.Current.Count);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([new DnsEndPoint("127.0.0.1", 2)], _peers.Current);
    }

    [Fact]
    public void Hear_TooMany_KeepsTheFirst()
    {
        for (int i = 0; i <= ReportedPeers.MaxPeers; i++)
        {
            _peers.Hear(i.ToString(CultureInfo.InvariantCulture), IPAddress.Loopback, i + 1);
        }

        Assert.Equal(ReportedPeers.MaxPeers, _peers.Current.Count);
        Assert.DoesNotContain(_peers.Current, static peer => peer.Port == ReportedPeers.MaxPeers + 1);
    }

    [Fact]
    public void Hear_WithoutAPortOfItsOwn_HearsNothing()
    {
        var peers = new ReportedPeers(null, _time);
        peers.Hear("a", IPAddress.Loopback, 1);
        Assert.Empty(peers.Current);
        Assert.Empty(peers.All());
    }
}
