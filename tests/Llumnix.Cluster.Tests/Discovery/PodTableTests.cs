using Google.Protobuf;
using Llumnix.Cluster.Discovery;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cluster.Tests.Discovery;

/// <summary>What time does to entries, on a clock that stands still until told otherwise.</summary>
public sealed class PodTableTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(25);
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingDiscoveryObserver _observer = new();
    private readonly PodTable _table;

    public PodTableTests() => _table = new PodTable(100, 100, new DiscoverySkips(new RecordingLogger<PodTable>(), _observer), _time);

    [Fact]
    public void Excuse_EntryNotWrittenSince_StaysForTheWindow()
    {
        byte[] a = Pod("a");
        Poll(a);
        Wait(600);
        Assert.Equal(["a"], Poll(TimeSpan.FromSeconds(600), a));
        Wait(24);
        Assert.Equal(["a"], Poll(a));
        Wait(1);
        Assert.Empty(Poll(a));
        Assert.Equal([DiscoverySkipReason.Expired], _observer.Skipped);
    }

    [Fact]
    public void Excuse_EntryWrittenSince_LivesOnByItsOwnAge()
    {
        Poll(Pod("a"));
        Wait(600);
        byte[] again = Pod("a");
        Wait(30);
        Assert.Equal(["a"], Poll(TimeSpan.FromSeconds(630), again));
        Wait(31);
        Assert.Empty(Poll(again));
    }

    [Fact]
    public void Excuse_OldEntryThatWasNotKnownOrOutBefore_StaysOut()
    {
        byte[] old = Pod("old");
        byte[] unknown = Pod("unknown");
        Wait(61);
        byte[] a = Pod("a");
        Assert.Equal(["a"], Poll(a, old));
        Wait(600);
        Assert.Equal(["a"], Poll(TimeSpan.FromSeconds(600), a, old, unknown));
    }

    [Fact]
    public void Excuse_EntryReadInAPollThatFailed_CountsAsWritten()
    {
        Poll(Pod("a"));
        Wait(600);
        byte[] again = Pod("a");
        _table.BeginRead();
        Put(again);
        Wait(61);
        Assert.Empty(Poll(TimeSpan.FromSeconds(661), again));
    }

    [Fact]
    public void Excuse_StoreThatGoesAwayAgainAndAgain_KeepsALeftoverNoLongerThanItWasAway()
    {
        byte[] dead = Pod("dead");
        Poll(dead);
        for (int i = 0; i < 3; i++)
        {
            Wait(20);
            Assert.Equal(["dead"], Poll(TimeSpan.FromSeconds(2), dead));
        }

        Wait(7);
        Assert.Empty(Poll(dead));
        Assert.Empty(Poll(TimeSpan.FromSeconds(2), dead));
    }

    [Fact]
    public void Shed_LongExpiredEntryWrittenAgain_ComesBack()
    {
        byte[] old = Pod("a");
        Poll(old);
        Wait(121);
        Assert.Empty(Poll(old));
        _table.Shed(2 * Ttl);
        Assert.Empty(Poll(old));
        Assert.Equal(["a"], Poll(Pod("a")));
        Assert.Equal([DiscoverySkipReason.Expired], _observer.Skipped);
    }

    private void Wait(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private byte[] Pod(string name) => PodMessages.Pod(name, timestamp: _time.GetUtcNow()).ToByteArray();

    private List<string> Poll(params byte[][] pods) => Poll(TimeSpan.Zero, pods);

    private List<string> Poll(TimeSpan outage, params byte[][] pods)
    {
        _table.BeginRead();
        Array.ForEach(pods, Put);
        _table.CompleteRead();
        if (outage > TimeSpan.Zero)
        {
            _table.Excuse(outage, Window);
        }

        _table.Expire(Ttl);
        return [.. _table.Instances().Select(instance => instance.Id[..^"_dp0".Length])];
    }

    private void Put(byte[] pod) => _table.Put(Protocol.Resolver.PodDiscoveryInfo.Parser.ParseFrom(pod).PodName, pod);
}
