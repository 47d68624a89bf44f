using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Tests.Engines;

public sealed class EngineModelMigrationTests
{
    private static readonly EngineConfiguration Small = EngineCluster.Small();

    [Fact]
    public void Transfer_RunningDecode_IsCopiedInRoundsThenStoppedAndResumed()
    {
        EngineCluster cluster = Decoding(prompt: 100, output: 30);
        MigrationTransfer transfer = cluster.Migrate(0, 1, "a").Transfer!;

        // The prefill took 110 ms; a decode step takes 6 ms and a token's copy 1 ms.
        Assert.Equal((210, 1), (transfer.Due.TotalMilliseconds, transfer.Rounds));

        // 16 steps were done meanwhile: a whole block.
        cluster.RunUntil(210);
        Assert.Equal((MigrationState.Copying, 226, 2), (transfer.State, transfer.Due.TotalMilliseconds, transfer.Rounds));

        // 3 more steps; the 4th is under way, and its token left to the destination.
        cluster.RunUntil(226);
        Assert.Equal((MigrationState.Stopped, 229, 3), (transfer.State, transfer.Due.TotalMilliseconds, transfer.Rounds));
        Assert.Equal((20, 119), (transfer.Request.EmittedTokens, transfer.Request.ComputedTokens));
        Assert.Equal((0, 8, 8), (cluster[0].RunningCount, cluster[0].UsedBlocks, cluster[1].UsedBlocks));
        Assert.Equal("0:a:20@224", cluster.Tokens[^1]);

        cluster.RunUntil(229);
        Assert.Equal((MigrationState.Completed, 0, 8), (transfer.State, cluster[0].UsedBlocks, cluster[1].UsedBlocks));
        Assert.Equal((20, 119), (transfer.Request.EmittedTokens, transfer.Request.ComputedTokens));
        cluster.RunUntilIdle();
        Assert.Equal("1:a:21@235", cluster.Tokens[20]);
        Assert.Equal("1:a:30@289", cluster.Tokens[^1]);
        Assert.Equal((30, 0), (cluster.Tokens.Count, cluster[1].UsedBlocks));
    }

    [Fact]
    public void Transfer_DecodesAsFastAsItIsCopied_StopsAfterEightRounds()
    {
        // A token takes 6 ms to make and 6 ms to copy: no round gets ahead of the one before.
        EngineConfiguration slow = Small with { KvTransferBytesPerSecond = 1e6 / 6 };
        var cluster = new EngineCluster(slow, slow);
        cluster.Add(0, "a", prompt: 100, output: 1000);
        cluster.RunUntil(110);
        MigrationTransfer transfer = cluster.Migrate(0, 1, "a").Transfer!;
        cluster.RunUntil(110 + (8 * 600) - 1);

        Assert.Equal((MigrationState.Copying, 8), (transfer.State, transfer.Rounds));
        cluster.RunUntil(110 + (8 * 600));
        Assert.Equal((MigrationState.Stopped, 9, 900), (transfer.State, transfer.Rounds, transfer.Request.ComputedTokens));
        cluster.RunUntil(110 + (9 * 600));
        Assert.Equal(MigrationState.Completed, transfer.State);
        cluster.RunUntilIdle();
        Assert.Equal(["a"], cluster.Finished);
    }

    [Fact]
    public void Transfer_WaitingRequest_MovesAtOnce()
    {
        var cluster = new EngineCluster(Small with { MaxRunningRequests = 1 }, Small);
        cluster.Add(0, "a", prompt: 10, output: 1000);
        cluster.Add(0, "b", prompt: 10, output: 2);
        cluster.RunUntil(20);

        Assert.Equal(MigrationState.Completed, cluster.Migrate(0, 1, "b").Transfer!.State);
        Assert.Equal((0, 1), (cluster[0].WaitingCount, cluster[1].RunningCount));
        Assert.Equal(["b"], cluster.Status(1).RecentWaitingRequests);
        Assert.Equal((0, 0), (cluster[0].MigratingOutCount, cluster[1].MigratingInCount));
        cluster.RunUntil(46);
        Assert.Contains("1:b:1@40", cluster.Tokens);
        Assert.Contains("1:b:2@46", cluster.Tokens);
    }

    [Fact]
    public void Transfer_PreemptedRequestThatWaits_GoesOnWithItsNextToken()
    {
        // Two requests of 2 blocks grow to 3 each: one is preempted.
        var cluster = new EngineCluster(EngineCluster.Small(blocks: 5), Small);
        cluster.Add(0, "a", prompt: 30, output: 20);
        cluster.Add(0, "b", prompt: 30, output: 20);
        while (cluster[0].WaitingCount == 0 || cluster.Tokens.Count == 0)
        {
            cluster.Advance();
        }

        Assert.Equal(MigrationState.Completed, cluster.Migrate(0, 1, "b").Transfer!.State);
        cluster.RunUntilIdle();
        Assert.Equal(2, cluster.Finished.Count);
        Assert.Contains(cluster.Tokens, token => token.StartsWith("1:b:20@", StringComparison.Ordinal));
    }

    [Fact]
    public void Transfer_DecodeThatStillNeedsItsKv_LoadsItAtTheDestination()
    {
        var cluster = new EngineCluster(EngineCluster.Small(blocks: 4), Small);
        cluster.Add(0, "a", prompt: 40, output: 20);
        cluster.Add(0, "d", prompt: 40, output: 2, role: InferType.Decode);
        cluster.Migrate(0, 1, "d");

        Assert.Equal((1, 40), (cluster[1].LoadingCount, cluster[1].NextWakeAt!.Value.TotalMilliseconds));
        cluster.RunUntil(52);
        Assert.Equal(["1:d:1@46", "0:a:1@50", "1:d:2@52"], cluster.Tokens);
    }

    [Fact]
    public void Transfer_NoSlots_IsRefused()
    {
        EngineCluster cluster = Decoding(prompt: 100, output: 300);
        cluster.Add(0, "b", prompt: 100, output: 300);
        cluster.Add(2, "c", prompt: 100, output: 300);
        cluster.RunUntil(500);

        Assert.Null(cluster.Migrate(0, 1, "a").Refusal);
        Assert.Equal("the request is being migrated", cluster.Migrate(0, 1, "a").Refusal);
        Assert.Equal("the source has no migrate-out slot", cluster.Migrate(0, 2, "b").Refusal);
        Assert.Equal("the destination has no migrate-in slot", cluster.Migrate(2, 1, "c").Refusal);
    }

    [Fact]
    public void Transfer_MoreSlots_CopiesSeveralAtOnce()
    {
        EngineConfiguration two = Small with { MaxMigrationsIn = 2, MaxMigrationsOut = 2 };
        var cluster = new EngineCluster(two, two);
        cluster.Add(0, "a", prompt: 50, output: 300);
        cluster.Add(0, "b", prompt: 50, output: 300);
        cluster.RunUntil(200);
        Assert.Null(cluster.Migrate(0, 1, "a").Refusal);
        Assert.Null(cluster.Migrate(0, 1, "b").Refusal);
        Assert.Equal((0, 0), (cluster.Status(0).AvailableMigrateOutSlots, cluster.Status(1).AvailableMigrateInSlots));
        cluster.RunUntil(500);
        Assert.Equal(2, cluster[1].RunningCount);
        Assert.Equal((2, 2), (cluster.Status(0).AvailableMigrateOutSlots, cluster.Status(1).AvailableMigrateInSlots));
    }

    [Fact]
    public void TryStart_WhatCannotMove_IsRefusedWithAReason()
    {
        var cluster = new EngineCluster(Small with { MaxMigrationsOut = 9 }, EngineCluster.Small(blocks: 4) with { MaxWaitingRequests = 1 }, Small);
        cluster.Add(0, "prefilling", prompt: 300, output: 10);
        Assert.Equal("the request neither waits nor decodes", cluster.Migrate(0, 1, "prefilling").Refusal);
        Assert.Equal("the source does not hold the request", cluster.Migrate(0, 1, "nobody").Refusal);

        cluster.Add(0, "held", prompt: 10, output: 1, role: InferType.Prefill);
        cluster.Add(0, "same", prompt: 10, output: 1000);
        cluster.Add(0, "large", prompt: 50, output: 10);
        cluster.RunUntil(400);
        Assert.Equal("the request neither waits nor decodes", cluster.Migrate(0, 1, "held").Refusal);
        Assert.Equal("the destination cannot hold the request", cluster.Migrate(0, 1, "prefilling").Refusal);
        Assert.Equal("the destination holds a request with this id", cluster.Migrate(0, 0, "same").Refusal);

        cluster.Add(1, "x", prompt: 16, output: 30);
        Assert.Equal("the destination has no KV space", cluster.Migrate(0, 1, "large").Refusal);
        cluster.Add(1, "y", prompt: 60, output: 2);
        cluster.Add(0, "waiting", prompt: 10, output: 1);
        Assert.Equal("too many requests wait at the destination", cluster.Migrate(0, 1, "waiting").Refusal);
        Assert.Equal((0, 0), (cluster[0].MigratingOutCount, cluster[1].MigratingInCount));
    }

    [Fact]
    public void TryStart_WaitingRequestIsRefused_KeepsItsPlaceInTheQueue()
    {
        var cluster = new EngineCluster(Small with { MaxRunningRequests = 1 }, Small with { MaxMigrationsIn = 0 });
        cluster.Add(0, "a", prompt: 10, output: 1000);
        foreach (string id in new[] { "b", "c", "d" })
        {
            cluster.Add(0, id, prompt: 10, output: 1);
        }

        Assert.NotNull(cluster.Migrate(0, 1, "c").Refusal);
        Assert.NotNull(cluster.Migrate(0, 1, "d").Refusal);
        Assert.NotNull(cluster.Migrate(0, 1, "b").Refusal);
        Assert.Equal(["b", "c", "d"], cluster.Status(0).WaitingRequests);
    }

    [Fact]
    public void Transfer_Completed_KeepsPrefixBlocksCachedOnBothSides()
    {
        var cluster = new EngineCluster(Small, Small);
        cluster.Add(0, "a", prompt: 40, output: 300, ids: [1, 2]);
        cluster.RunUntil(50);
        cluster.Migrate(0, 1, "a");
        cluster.RunUntil(200);

        Assert.Equal((0, 1), (cluster[0].RunningCount, cluster[1].RunningCount));
        Assert.True(cluster[0].IsCached(2));
        Assert.True(cluster[1].IsCached(2));
        Assert.Equal(0, cluster[0].UsedBlocks);
    }

    [Fact]
    public void Status_MigrationUnderWay_ShowsInSlotsTokensAndDecodes()
    {
        EngineCluster cluster = Decoding(prompt: 100, output: 1000);
        InstanceStatus before = cluster.Status(0);
        Assert.Equal((1, 101, 1, 1), (before.SchedulerRunningToDecodeRequests, before.SchedulerRunningToDecodeTokens, before.AvailableMigrateOutSlots, before.AvailableMigrateInSlots));
        InstanceStatus idle = cluster.Status(1);
        MigrationTransfer transfer = cluster.Migrate(0, 1, "a").Transfer!;

        InstanceStatus source = cluster.Status(0), destination = cluster.Status(1);
        Assert.Equal((1, 0, 0), (source.RunningRequestCount, source.SchedulerRunningToDecodeRequests, source.SchedulerRunningToDecodeTokens));
        Assert.Equal((1, 101, 0, 1), (source.MigrateOutRequests, source.MigrateOutTokens, source.AvailableMigrateOutSlots, source.AvailableMigrateInSlots));
        Assert.Equal((1, 101, 0, 1), (destination.MigrateInRequests, destination.MigrateInTokens, destination.AvailableMigrateInSlots, destination.AvailableMigrateOutSlots));
        Assert.Equal((0.07, 112), (destination.KvCacheUsageRatioMigrateIn, destination.UsedGpuTokens));
        Assert.True(source.UpdateId > before.UpdateId);
        Assert.True(destination.UpdateId > idle.UpdateId);

        cluster.RunUntil(transfer.Due.TotalMilliseconds);
        cluster.RunUntil(transfer.Due.TotalMilliseconds);
        InstanceStatus stopped = cluster.Status(0);
        Assert.Equal((MigrationState.Stopped, 0, 1), (transfer.State, stopped.RunningRequestCount, stopped.MigrateOutRequests));

        cluster.RunUntil(transfer.Due.TotalMilliseconds);
        InstanceStatus left = cluster.Status(0), arrived = cluster.Status(1);
        Assert.Equal((0, 0, 1), (left.MigrateOutRequests, left.UsedGpuTokens, left.AvailableMigrateOutSlots));
        Assert.Equal((0, 1, 1), (arrived.MigrateInRequests, arrived.AvailableMigrateInSlots, arrived.SchedulerRunningToDecodeRequests));
        Assert.True(left.UpdateId > stopped.UpdateId);
    }

    [Fact]
    public void Source_CallsOutOfOrder_Throw()
    {
        var engine = new EngineDriver(Small);
        engine.Add("a", prompt: 10, output: 100);
        engine.Step();
        Assert.True(engine.Model.TryMigrateOut("a", engine.Now, out MigrationSource? migration, out _));
        Assert.Throws<InvalidOperationException>(() => migration.Stop(engine.Now));
        Assert.Throws<InvalidOperationException>(migration.Complete);
        migration.Cancel(engine.Now);
        Assert.Equal(MigrationState.Cancelled, migration.State);
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
