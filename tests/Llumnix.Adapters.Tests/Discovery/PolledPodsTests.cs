using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Redis;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Time;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>What time does to entries that are polled, on clocks that stand still until told otherwise.</summary>
public sealed class PolledPodsTests
{
    private const long HourMs = 3_600_000;
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(60);
    private readonly WallClockTimeProvider _time = new();
    private readonly RecordingDiscoveryObserver _observer = new();
    private readonly RecordingLogger<PolledPods> _log = new();
    private readonly Dictionary<string, byte[]> _store = [];
    private readonly PolledPods _pods;
    private string _runId = "run1";
    private long _writes;
    private int _reads;

    public PolledPodsTests() => _pods = new PolledPods(
        new RedisDiscoveryOptions { StatusTtl = Ttl, MaxInstances = 100 }, new DiscoverySkips(_log, _observer), _time);

    [Fact]
    public void Poll_OneStopsWritingWhileOthersGoOn_IsOutAfterTheTtl()
    {
        Write("a", "b");
        Poll();
        WaitWhileWriting(60, "b");
        Assert.Equal(["a", "b"], Poll());
        WaitWhileWriting(10, "b");
        Assert.Equal(["b"], Poll());
        Assert.Equal(["Warning: The discovery entry of pod a is not used: Expired"], _log.Lines);
        Write("a");
        Assert.Equal(["a", "b"], Poll());
    }

    /// <summary>Nobody's wall clock matters, a jump of one neither.</summary>
    [Theory]
    [InlineData(-HourMs)]
    [InlineData(HourMs)]
    public void Poll_ClocksThatAreWrong_DecideNothing(long offMs)
    {
        _time.SetWallClock(TimeSpan.FromMilliseconds(offMs));
        Write("a", "b");
        _time.SetWallClock(TimeSpan.FromMilliseconds(-offMs));
        Assert.Equal(["a", "b"], Poll());
        WaitWhileWriting(60, "a", "b");
        _time.SetWallClock(TimeSpan.FromMilliseconds(offMs));
        WaitWhileWriting(60, "a", "b");
        Assert.Equal(["a", "b"], Poll());
    }

    [Fact]
    public void Poll_DeadPodWhoseClockWasAhead_IsOutAfterTheTtl()
    {
        Write(HourMs, "dead");
        Write("a");
        Assert.Equal(["a", "dead"], Poll());
        WaitWhileWriting(70, "a");
        Assert.Equal(["a"], Poll());
    }

    [Fact]
    public void Poll_EverybodyStopsWriting_TheListStaysAndIsSilentAfterTheTtl()
    {
        Write("a");
        Poll();
        WaitWhileWriting(20, "b");
        Assert.Equal(["a", "b"], Poll());
        _time.Advance(Ttl);
        Assert.Equal(["a", "b"], Poll());
        Assert.Null(_pods.Silence);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["a", "b"], Poll());
        Assert.Equal("no entry in it changes any more", _pods.Silence);
    }

    [Fact]
    public void Poll_WritingGoesOnAfterAPause_ThePauseDoesNotCount()
    {
        Write("a", "b", "dead");
        Poll();
        _time.Advance(TimeSpan.FromMinutes(10));
        Write("b");
        Assert.Equal(["a", "b", "dead"], Poll());
        Assert.Null(_pods.Silence);
        WaitWhileWriting(60, "a", "b");
        Assert.Equal(["a", "b", "dead"], Poll());
        WaitWhileWriting(10, "a", "b");
        Assert.Equal(["a", "b"], Poll());
    }

    [Fact]
    public void Poll_StoreThatGoesAwayAgainAndAgain_KeepsALeftoverNoLongerThanItWasAway()
    {
        Write("dead", "a");
        Poll();
        for (int i = 0; i < 3; i++)
        {
            WaitWhileWriting(20, "a");
            _time.Advance(TimeSpan.FromSeconds(2));
            Write("a");
            Assert.Equal(["a", "dead"], Poll(TimeSpan.FromSeconds(2)));
        }

        WaitWhileWriting(10, "a");
        Assert.Equal(["a"], Poll());
    }

    /// <summary>Our clock may be an hour ahead, or the newest entry from the future: what is old by one clock only is not held back.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(HourMs, 0)]
    [InlineData(0, HourMs)]
    public void Poll_FirstSight_WhatIsOldByEveryClockIsHeldBackUntilItChanges(long ourClockOffMs, long outlierMs)
    {
        Write(-HourMs - 70_000, "leftover");
        Write(-5_000, "a");
        Write(outlierMs, "b");
        _time.SetWallClock(TimeSpan.FromMilliseconds(ourClockOffMs));
        Assert.Equal(["a", "b"], Poll());
        Assert.Contains(DiscoverySkipReason.Expired, _observer.Skipped);
        Write(-HourMs, "leftover");
        Assert.Equal(["a", "b", "leftover"], Poll());
    }

    [Fact]
    public void Poll_FirstSightWithOurClockBehind_LeftoversThatLookFreshLeaveAfterTheTtl()
    {
        Write(-HourMs / 2, "leftover");
        Write("a");
        _time.SetWallClock(TimeSpan.FromHours(-1));
        Assert.Equal(["a", "leftover"], Poll());
        WaitWhileWriting(70, "a");
        Assert.Equal(["a"], Poll());
    }

    [Fact]
    public void Poll_EntryThatAppearsLater_IsInHoweverOldItSaysItIs()
    {
        Write("a");
        Poll();
        Write(-HourMs, "new");
        Assert.Equal(["a", "new"], Poll());
    }

    [Fact]
    public void Poll_StoreIsAnEmptyOne_ListStaysUntilTheWindowAfterTheFirstIsBack()
    {
        Write("a", "b");
        Poll();
        _runId = "run2";
        _store.Clear();
        Assert.Equal(["a", "b"], Poll());
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["a", "b"], Poll());
        Assert.Equal("it has lost all instances at once", _pods.Silence);

        Write("b", "c");
        Assert.Equal(["a", "b", "c"], Poll());
        WaitWhileWriting(30, "b", "c");
        Assert.Equal(["b", "c"], Poll());
        Assert.Null(_pods.Silence);
    }

    [Fact]
    public void Poll_TakenOutOneAfterTheOther_LeavesAtOnce()
    {
        Write("a", "b");
        Poll();
        _store.Remove("a");
        Assert.Equal(["b"], Poll());
        _store.Remove("b");
        Assert.Empty(Poll());
        Assert.Null(_pods.Silence);
    }

    [Fact]
    public void Instances_ManyOfAKind_AreOneLine()
    {
        for (int i = 0; i < 50; i++)
        {
            Write(-HourMs, $"old{i}");
            _store[$"bad{i}"] = [0xff];
        }

        Write("a");
        Assert.Equal(["a"], Poll());
        Assert.Equal(100, _observer.Skipped.Count);
        Assert.Equal(
            [
                "Warning: 50 discovery entries are not used, the first is that of pod bad0: Malformed",
                "Warning: 50 discovery entries are not used, the first is that of pod old0: Expired",
            ],
            _log.Lines.Order());
    }

    /// <summary>Very many dead pods neither hide living ones nor are read in every poll, and one of them that lives again is found.</summary>
    [Fact]
    public void Poll_VeryManyLeftovers_TheLivingAreInAndReadsAreBounded()
    {
        for (int i = 0; i < 20_000; i++)
        {
            Write(-HourMs, $"dead{i}");
        }

        string[] living = [.. Enumerable.Range(0, 100).Select(i => $"p{i:d2}")];
        Write(living);
        Assert.Equal(living, Poll());
        Assert.Equal(20_000, _pods.Leftovers);

        _reads = 0;
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(living, Poll());
        }

        Assert.Equal(20_000 + (5 * 100), _reads);

        _store.Remove("p00");
        Poll();
        Write("dead7");
        Assert.Contains("dead7", Enumerable.Range(0, 5).SelectMany(_ => Poll()));
        for (int i = 100; i < 20_000; i++)
        {
            _store.Remove($"dead{i}");
        }

        Poll();
        Assert.Equal(99, _pods.Leftovers);
    }

    private void Write(params string[] names) => Write(0, names);

    private void Write(long offMs, params string[] names)
    {
        foreach (string name in names)
        {
            _store[name] = PodMessages.Pod(name, timestamp: _time.GetUtcNow().AddMilliseconds(offMs), version: ++_writes).ToByteArray();
        }
    }

    /// <summary>Lets time pass in which some write every 10 s, as sidecars do.</summary>
    private void WaitWhileWriting(int seconds, params string[] names)
    {
        for (int i = 0; i < seconds; i += 10)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            Write(names);
            Poll();
        }
    }

    private List<string> Poll(TimeSpan outage = default) =>
        [.. (PollOnce(outage) ?? PollOnce(outage))!.Select(instance => instance.Id[..^"_dp0".Length]).Order()];

    private List<DiscoveredInstance>? PollOnce(TimeSpan outage)
    {
        _pods.BeginPoll();
        _pods.BeginListing();
        foreach (string name in _store.Keys)
        {
            _pods.List("llumnix:discovery:" + name);
        }

        _pods.CompleteListing();
        _pods.BeginRead(outage);
        _reads += _pods.ToRead.Count;
        foreach (RedisKey[] keys in _pods.ToRead.Chunk(100))
        {
            _pods.Put(keys, [.. keys.Select(key => new StoredValue(_store.GetValueOrDefault(((string)key!)["llumnix:discovery:".Length..])))]);
        }

        return _pods.Complete(_runId);
    }
}
