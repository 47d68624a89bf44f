using CsCheck;
using Llumnix.Adapters.Leases;

namespace Llumnix.Adapters.Tests.Leases;

/// <summary>Every run of a fleet checks besides that no two candidates lead at once.</summary>
public sealed class LeaseHolderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Run_LeaderCutOffFromStoreAndOthers_AnotherOneTakesOver()
    {
        LeaseFleet fleet = Started(2);
        (fleet.Clients[0].IsCutOff, fleet.IsApart[0]) = (true, true);

        fleet.Run(3.6 * Second);
        Assert.Equal(1, fleet.Leader);

        (fleet.Clients[0].IsCutOff, fleet.IsApart[0]) = (false, false);
        fleet.Run(10 * Second);
        Assert.Equal(1, fleet.Leader);
    }

    [Fact]
    public void Run_LeaderAloneCutOffFromTheStore_StopsBeforeItsLeaseEnds()
    {
        LeaseFleet fleet = Started(2);
        fleet.Clients[0].IsCutOff = true;

        fleet.Run(2.6 * Second);
        Assert.False(fleet.Holders[0].IsLeading);

        fleet.Run(Second);
        Assert.Equal(1, fleet.Leader);
    }

    [Fact]
    public void Run_StoreDownForAll_LeaderIsFrozenAndLeadsOn()
    {
        LeaseFleet fleet = Started(3);
        long epoch = fleet.Holders[0].Epoch;
        fleet.Store.IsDown = true;

        fleet.Run(60 * Second);
        Assert.Equal(0, fleet.Leader);
        Assert.Equal(LeaseRole.Frozen, fleet.Holders[0].View.Role);
        Assert.Equal((LeaseRole.Follower, "c0"), (fleet.Holders[1].View.Role, fleet.Holders[1].View.Current?.HolderId));

        fleet.Store.IsDown = false;
        fleet.Run(Second);
        Assert.Equal(0, fleet.Leader);
        Assert.Equal(LeaseRole.Leader, fleet.Holders[0].View.Role);
        Assert.True(fleet.Holders[0].Epoch > epoch);
    }

    [Fact]
    public void Run_StoreBackForAFollowerOnly_TakesOverAfterTheFrozenLeaderHasStopped()
    {
        LeaseFleet fleet = Started(2);
        fleet.Store.IsDown = true;
        fleet.Run(20 * Second);
        fleet.Clients[0].IsCutOff = true;
        fleet.Store.IsDown = false;

        fleet.Run(10 * Second);

        Assert.Equal(1, fleet.Leader);
    }

    [Fact]
    public void Run_FrozenLeaderOfWhichAnotherIsApart_Stops()
    {
        LeaseFleet fleet = Started(2);
        fleet.Store.IsDown = true;
        fleet.Run(20 * Second);
        fleet.IsApart[1] = true;

        fleet.Run(3 * Second);

        Assert.Equal(-1, fleet.Leader);
    }

    [Fact]
    public void Run_StoreDownAtTheStart_NobodyLeads()
    {
        var fleet = new LeaseFleet(2);
        fleet.Store.IsDown = true;
        fleet.Start(0);
        fleet.Start(1);

        fleet.Run(10 * Second);

        Assert.Equal(-1, fleet.Leader);
    }

    [Fact]
    public void Run_KeyDeleted_LeaderStays()
    {
        LeaseFleet fleet = Started(3);
        fleet.Store.Delete();

        fleet.Run(5 * Second);

        Assert.Equal(0, fleet.Leader);
    }

    // The machine was paused: no round for 10 s, then all goes on where it was.
    [Fact]
    public async Task IsLeading_AfterAPause_IsFalseAndIsNotFrozen()
    {
        var fleet = new LeaseFleet(1);
        LeaseHolder holder = fleet.Holders[0];
        await holder.RunRoundAsync(TestContext.Current.CancellationToken);
        Assert.True(holder.IsLeading);

        fleet.Clock.Advance(10 * Second);
        Assert.False(holder.IsLeading);

        fleet.Store.IsDown = true;
        await holder.RunRoundAsync(TestContext.Current.CancellationToken);
        Assert.False(holder.IsLeading);
        Assert.Equal((LeaseRole.Follower, null), (holder.View.Role, holder.View.Current));
    }

    [Fact]
    public async Task Resign_Leader_NextOneTakesOverInItsNextRound()
    {
        LeaseFleet fleet = Started(2);

        await fleet.Holders[0].ResignAsync(TestContext.Current.CancellationToken);
        Assert.Equal(-1, fleet.Leader);

        fleet.Run(TimeSpan.FromMilliseconds(260));
        Assert.Equal(1, fleet.Leader);
        fleet.Run(10 * Second);
        Assert.Equal(1, fleet.Leader);
    }

    [Fact]
    public void HasLeft_AfterARenewal_IsTheRestOfTheLease()
    {
        LeaseFleet fleet = Started(1);

        Assert.True(fleet.Holders[0].HasLeft(1.4 * Second));
        Assert.False(fleet.Holders[0].HasLeft(2.6 * Second));
    }

    /// <summary>The key is still there when the follower is back, and a holder that is frozen by its word has not renewed it since.</summary>
    [Fact]
    public void Run_StoreIsBackForTheFollowerAloneBeforeTheKeyEnds_WaitsForTheFrozenHolder()
    {
        LeaseFleet fleet = Started(2);
        (fleet.Clients[0].IsCutOff, fleet.Clients[1].IsCutOff) = (true, true);
        fleet.Run(1.5 * Second);
        (fleet.IsApart[1], fleet.Clients[1].IsCutOff) = (true, false);
        fleet.Run(10 * Second);
        Assert.Equal(1, fleet.Leader);
    }

    [Fact]
    public void Run_AnyFaults_NeverTwoLeadersAndOneAfterwards() => Gen.Int.Sample(
        static seed =>
        {
            var random = new Random(seed);
            var fleet = new LeaseFleet(1 + random.Next(4), random);
            for (int i = 0; i < fleet.Holders.Length; i++)
            {
                fleet.Start(i);
            }

            fleet.Run(3 * Second);
            for (int fault = 0; fault < 30; fault++)
            {
                Inject(fleet, random);
                fleet.Run(random.Next(100, 6000) * TimeSpan.FromMilliseconds(1));
            }

            Heal(fleet);
            fleet.Run(15 * Second);
            Assert.NotEqual(-1, fleet.Leader);
        },
        iter: 200);

    private static LeaseFleet Started(int count)
    {
        var fleet = new LeaseFleet(count);
        for (int i = 0; i < count; i++)
        {
            fleet.Start(i);
        }

        fleet.Run(1.5 * Second);
        Assert.Equal(0, fleet.Leader);
        return fleet;
    }

    private static void Inject(LeaseFleet fleet, Random random)
    {
        int one = random.Next(fleet.Holders.Length);
        switch (random.Next(7))
        {
            case 0:
                fleet.Store.IsDown = !fleet.Store.IsDown;
                break;
            case 1:
                // The others know the holder, and the holder has renewed its lease in time.
                Heal(fleet);
                fleet.Run(9 * Second);
                fleet.Store.Delete();
                break;
            case 2:
                fleet.Clients[one].IsCutOff = !fleet.Clients[one].IsCutOff;
                break;
            case 3:
                fleet.IsApart[one] = !fleet.IsApart[one];
                break;
            case 4:
                fleet.Clients[one].Trouble = random.NextDouble();
                break;
            default:
                Heal(fleet);
                break;
        }
    }

    private static void Heal(LeaseFleet fleet)
    {
        fleet.Store.IsDown = false;
        for (int i = 0; i < fleet.Holders.Length; i++)
        {
            (fleet.Clients[i].IsCutOff, fleet.Clients[i].Trouble, fleet.IsApart[i]) = (false, 0, false);
        }
    }
}
