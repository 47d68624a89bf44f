using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Replication;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Replication;

public sealed class ReplicaShareTests
{
    private const int Loaded = 20_000;
    private const int Prompt = 1_000;
    private static readonly InstanceReading[] Fleet = [.. Enumerable.Range(0, 16).Select(
        static i => Readings.Of($"i{i:00}", status: status => status with { UncomputedTokensAllWaitingPrefills = i == 0 ? 0 : Loaded }))];

    [Fact]
    public void Divide_AmongReplicas_NumbersByTheOrderOfNames()
    {
        var share = new ReplicaShare();
        Assert.True(share.IsWhole);
        share.Divide("b", ["c", "a"]);
        Assert.Equal((1, 3, false), (share.First, share.Step, share.IsWhole));
        share.Divide("b", ["a"]);
        Assert.Equal((1, 2), (share.First, share.Step));
        share.Divide("b", []);
        Assert.Equal((0, 1, true), (share.First, share.Step, share.IsWhole));
    }

    [Fact]
    public void Divide_ARestartedReplicaIsConnectedTwice_CountsItOnce()
    {
        var share = new ReplicaShare();
        share.Divide("b", ["a", "a", "b"]);
        Assert.Equal((1, 2), (share.First, share.Step));
    }

    [Fact]
    public void Schedule_StreamsOpenAndEnd_TheShareFollows()
    {
        ReplicaShare share = new();
        SchedulerFixture scheduler = Make("b", share);
        var other = new ReplicaKey("a", 7);
        Assert.True(scheduler.Scheduler.Replica!.OnStreamOpened(other));
        Assert.Equal((1, 2), (share.First, share.Step));
        Assert.True(scheduler.Scheduler.Replica!.OnStreamOpened(other));
        scheduler.Scheduler.Replica!.OnStreamEnded(other);
        Assert.Equal((1, 2), (share.First, share.Step));
        scheduler.Scheduler.Replica!.OnStreamEnded(other);
        Assert.True(share.IsWhole);
    }

    /// <summary>Idle instances: each replica chooses its own, although none hears of the other.</summary>
    [Fact]
    public void Schedule_NoWordOfEachOther_ReplicasChooseDifferentInstances()
    {
        InstanceReading[] idle = [.. Enumerable.Range(0, 16).Select(static i => Readings.Of($"i{i:00}"))];
        SchedulerFixture[] replicas = Connected(2, isShared: true, idle);
        for (int i = 0; i < 16; i++)
        {
            replicas[i % 2].Neutral($"r{i}");
        }

        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(1, replicas[i % 2][$"i{i:00}"].Dispatched.Requests);
        }
    }

    /// <summary>
    /// A burst that fills one idle instance up first; word of each other comes every so many requests. With shares it ends level, as with one scheduler, as long as
    /// word comes in time for the difference to be made up; without shares the last requests before each word pile up.
    /// </summary>
    [Theory]
    [InlineData(1, 8, true, 1)]
    [InlineData(2, 8, true, 1)]
    [InlineData(2, 32, true, 1)]
    [InlineData(4, 8, true, 1)]
    [InlineData(4, 32, true, 3)]
    [InlineData(4, 32, false, 6)]
    public void Schedule_BurstOverSeveralReplicas_SpreadsAlmostAsWithOne(int count, int lateBy, bool isShared, int requestsApart)
    {
        long[] loads = Burst(Connected(count, isShared, Fleet), static i => i, lateBy);
        Assert.Equal(requestsApart * Prompt, loads.Max() - loads.Min());
    }

    /// <summary>All requests come to one replica: the instances of the others take as many as its own.</summary>
    [Fact]
    public void Schedule_AllRequestsAtOneReplica_UsesAllInstances()
    {
        long[] loads = Burst(Connected(4, isShared: true, Fleet), static _ => 0, lateBy: 8);
        Assert.InRange(loads.Max() - loads.Min(), 0, 2 * Prompt);
    }

    private static long[] Burst(SchedulerFixture[] replicas, Func<int, int> replicaOf, int lateBy)
    {
        var feeds = (from sender in replicas from receiver in replicas where sender != receiver select (Feed: sender.Scheduler.Replica!.OpenFeed(), To: receiver.Scheduler.Replica!)).ToArray();
        var loads = Fleet.ToDictionary(static reading => reading.Metadata.InstanceId, static reading => (long)reading.Status.UncomputedTokensAllWaitingPrefills);
        for (int i = 0; i < 200; i++)
        {
            loads[replicas[replicaOf(i) % replicas.Length].Neutral($"r{i}", Prompt)!] += Prompt;
            if (i % lateBy == lateBy - 1)
            {
                Array.ForEach(feeds, static feed => Pass(feed.Feed, feed.To));
            }
        }

        return [.. loads.Values];
    }

    private static void Pass(LedgerFeed feed, LedgerReplica to)
    {
        var batch = new LedgerBatch();
        bool isMore = true;
        while (isMore)
        {
            isMore = feed.Read(batch);
            Assert.Equal(BatchReceipt.Applied, to.Receive(batch));
        }
    }

    private static SchedulerFixture[] Connected(int count, bool isShared, InstanceReading[] fleet)
    {
        SchedulerFixture[] replicas = [.. Enumerable.Range(0, count).Select(i => Make($"s{i}", isShared ? new ReplicaShare() : null, seed: i).With(fleet))];
        foreach (SchedulerFixture one in replicas)
        {
            foreach (SchedulerFixture other in replicas.Where(other => other != one))
            {
                Assert.True(one.Scheduler.Replica!.OnStreamOpened(other.Scheduler.Replica!.Self));
            }
        }

        return replicas;
    }

    private static SchedulerFixture Make(string name, ReplicaShare? share, int seed = 1) =>
        new(settings: new FullModeOptions { Replica = new ReplicaKey(name, 1) }, policies: new PolicyOptions { Share = share }, seed: seed);
}
