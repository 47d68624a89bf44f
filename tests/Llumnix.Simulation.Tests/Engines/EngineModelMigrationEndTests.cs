using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Tests.Engines;

/// <summary>Transfers that do not come to their end.</summary>
public sealed class EngineModelMigrationEndTests
{
    private static readonly EngineConfiguration Small = EngineCluster.Small();

    [Theory]
    [InlineData(10, MigrationState.RequestFinished)]
    [InlineData(1000, MigrationState.RequestAborted)]
    public void Transfer_RequestEndsDuringTheCopy_ReleasesTheReservation(int output, MigrationState expected)
    {
        EngineCluster cluster = Decoding(prompt: 100, output);
        MigrationTransfer transfer = cluster.Migrate(0, 1, "a").Transfer!;
        cluster.RunUntil(150);
        Assert.Equal((1, 7), (cluster[1].MigratingInCount, cluster[1].UsedBlocks));
        cluster.RunUntil(200);
        Assert.Equal(output > 10, cluster[0].Abort("a"));

        Assert.Equal((expected, 0, 0), (transfer.State, cluster[0].MigratingOutCount, cluster[0].UsedBlocks));
        Assert.Equal((0, 0), (cluster[1].MigratingInCount, cluster[1].UsedBlocks));
    }

    [Fact]
    public void Transfer_RequestAbortedWhileStopped_IsGoneOnBothSides()
    {
        EngineCluster cluster = Decoding(prompt: 100, output: 1000);
        MigrationTransfer transfer = cluster.Migrate(0, 1, "a").Transfer!;
        cluster.RunUntil(226);
        Assert.Equal(MigrationState.Stopped, transfer.State);
        Assert.True(cluster[0].Abort("a"));
        cluster.RunUntilIdle();
        Assert.Equal((MigrationState.RequestAborted, 0, 0), (transfer.State, cluster[0].UsedBlocks, cluster[1].UsedBlocks));
    }

    [Fact]
    public void Transfer_RequestPreemptedDuringTheCopy_Ends()
    {
        // 60 tokens take 4 blocks; at 65 both want a fifth and there is one. The copy alone would last until 220.
        var cluster = new EngineCluster(EngineCluster.Small(blocks: 9), Small);
        cluster.Add(0, "a", prompt: 60, output: 50);
        cluster.Add(0, "b", prompt: 60, output: 50);
        cluster.RunUntil(160);
        MigrationTransfer transfer = cluster.Migrate(0, 1, "b").Transfer!;
        cluster.RunUntil(200);

        Assert.Equal(MigrationState.RequestPreempted, transfer.State);
        Assert.Equal((0, 0), (cluster[1].MigratingInCount, cluster[1].UsedBlocks));
        cluster.RunUntilIdle();
        Assert.Equal(2, cluster.Finished.Count);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(227)]
    public void Transfer_DestinationDropsIt_GoesOnAtTheSource(double at)
    {
        EngineCluster cluster = Decoding(prompt: 100, output: 50);
        MigrationTransfer transfer = cluster.Migrate(0, 1, "a").Transfer!;
        cluster.RunUntil(at);
        Assert.False(cluster[1].Holds("a"));
        Assert.True(cluster[1].Abort("a"));
        cluster.RunUntilIdle();

        Assert.Equal(MigrationState.DestinationLost, transfer.State);
        Assert.All(cluster.Tokens, token => Assert.StartsWith("0:", token, StringComparison.Ordinal));
        Assert.Equal(50, cluster.Tokens.Count);
        Assert.Equal((0, 0), (cluster[0].MigratingOutCount, cluster[0].UsedBlocks));
    }

    [Theory]
    [InlineData(200, "0:a:50@404")]
    [InlineData(227, "0:a:50@410")]
    public void Cancel_AtAnyPoint_GoesOnAtTheSource(double at, string last)
    {
        // Undisturbed, the 50th token comes at 110 + 49 * 6. Stopped from 226 to 227, it misses the step that ends at 230.
        EngineCluster cluster = Decoding(prompt: 100, output: 50);
        MigrationTransfer transfer = cluster.Migrate(0, 1, "a").Transfer!;
        cluster.RunUntil(at);
        transfer.Cancel(cluster.Now);
        transfer.Cancel(cluster.Now);
        Assert.Equal((MigrationState.Cancelled, 0, 0), (transfer.State, cluster[0].MigratingOutCount, cluster[1].MigratingInCount));
        Assert.Equal(0, cluster[1].UsedBlocks);

        cluster.RunUntilIdle();
        Assert.Equal(MigrationState.Cancelled, transfer.State);
        Assert.Equal(last, cluster.Tokens[^1]);
    }

    [Fact]
    public void Transfer_NoSpaceToGrow_EndsAsDestinationFull()
    {
        // The copy begins with 7 blocks and ends with 8, of which another request has taken one.
        var cluster = new EngineCluster(Small, EngineCluster.Small(blocks: 8));
        cluster.Add(0, "a", prompt: 100, output: 29);
        cluster.RunUntil(110);
        MigrationTransfer transfer = cluster.Migrate(0, 1, "a").Transfer!;
        cluster.RunUntil(220);
        cluster.Add(1, "b", prompt: 10, output: 3);
        cluster.RunUntilIdle();

        Assert.Equal(MigrationState.DestinationFull, transfer.State);
        Assert.Equal("0:a:29@278", Assert.Single(cluster.Tokens, token => token.Contains(":a:29@", StringComparison.Ordinal)));
        Assert.Equal(0, cluster[1].UsedBlocks);
    }

    /// <summary>Request "a" on engine 0, prefilled at 110 ms if its prompt has 100 tokens; engines 1 and 2 idle.</summary>
    private static EngineCluster Decoding(int prompt, int output)
    {
        var cluster = new EngineCluster(Small, Small, Small);
        cluster.Add(0, "a", prompt, output);
        cluster.RunUntil(10 + prompt);
        return cluster;
    }
}
