namespace Llumnix.Simulation.Tests.Engines;

public sealed class EngineModelPrefixCacheTests
{
    [Fact]
    public void Step_SamePromptAgain_ComputesOnlyItsLastBlock()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("a", prompt: 64, output: 1, ids: [1, 2, 3, 4]);
        Assert.Equal(74, engine.StepMilliseconds());
        Assert.Equal(0, engine.Model.UsedBlocks);
        engine.Add("b", prompt: 64, output: 1, ids: [1, 2, 3, 4]);

        // At least one token is computed, so the fourth block cannot be a hit.
        Assert.Equal(16, engine.Status().UncomputedTokensAllWaitingPrefills);
        Assert.Equal(26, engine.StepMilliseconds());
    }

    [Fact]
    public void Step_PrefixInUseByAnother_SharesItsBlocks()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("a", prompt: 70, output: 9, ids: [1, 2, 3, 4, 5]);
        engine.Step();
        engine.Add("b", prompt: 70, output: 9, ids: [1, 2, 3, 4, 9]);

        Assert.Equal(["a:Token:2", "b:Token:1"], engine.Step());

        // 4 shared blocks, and each one's own fifth.
        Assert.Equal(6, engine.Model.UsedBlocks);
    }

    [Fact]
    public void Step_SamePromptAtTheSameTime_KeepsOneCopy()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("a", prompt: 40, output: 9, ids: [1, 2]);
        engine.Add("b", prompt: 40, output: 9, ids: [1, 2]);
        Assert.Equal(90, engine.StepMilliseconds());

        Assert.Equal(4, engine.Model.UsedBlocks);
        Assert.True(engine.Model.Abort("a"));
        Assert.Equal(3, engine.Model.UsedBlocks);
        Assert.True(engine.Model.Abort("b"));
        Assert.Equal(0, engine.Model.UsedBlocks);
    }

    [Fact]
    public void Step_SpaceNeeded_EvictsTheLeastRecentlyUsedTailsFirst()
    {
        var engine = new EngineDriver(EngineDriver.Small(blocks: 6));
        engine.Add("a", prompt: 33, output: 1, ids: [1, 2]);
        engine.Step();
        engine.Add("b", prompt: 33, output: 1, ids: [11, 12]);
        engine.Step();

        // 4 entries idle, 3 blocks wanted: the tail of the older chain goes.
        engine.Add("c", prompt: 48, output: 1, ids: []);
        engine.Step();
        engine.Add("a2", prompt: 33, output: 1, ids: [1, 2]);
        Assert.Equal(17, engine.Status().UncomputedTokensAllWaitingPrefills);
        Assert.True(engine.Model.Abort("a2"));
        engine.Add("b2", prompt: 33, output: 1, ids: [11, 12]);
        Assert.Equal(1, engine.Status().UncomputedTokensAllWaitingPrefills);
    }

    [Fact]
    public void Step_IdsOf512Tokens_HitsWholeIdsOnly()
    {
        var engine = new EngineDriver(EngineDriver.Small(blocks: 200) with { TokensPerContentId = 512 });
        engine.Add("a", prompt: 1100, output: 1, ids: [1, 2, 3]);
        engine.Step();
        engine.Add("b", prompt: 1100, output: 1, ids: [1, 2, 3]);

        // The third id stands for an incomplete block: 1100 - 1024.
        Assert.Equal(86, engine.StepMilliseconds());
    }

    [Fact]
    public void Step_CacheOff_ComputesEverything()
    {
        var engine = new EngineDriver(EngineDriver.Small() with { PrefixCacheEnabled = false });
        engine.Add("a", prompt: 64, output: 1, ids: [1, 2, 3, 4]);
        engine.Step();
        engine.Add("b", prompt: 64, output: 1, ids: [1, 2, 3, 4]);

        Assert.Equal(74, engine.StepMilliseconds());
    }

    [Fact]
    public void Step_IdsThatAreNoChain_AreNeverUsedPastAGap()
    {
        var engine = new EngineDriver(EngineDriver.Small(blocks: 6) with { MaxRunningRequests = 2 });
        engine.Add("holder", prompt: 33, output: 9, ids: [1, 2]);
        engine.Add("other", prompt: 33, output: 1, ids: [3, 2]);
        engine.Step();

        // While "late" waits for a slot, "blocker" evicts the id 3, whereas 2 stays in use.
        engine.Add("blocker", prompt: 48, output: 1, ids: []);
        engine.Add("late", prompt: 33, output: 1, ids: [3, 2]);
        Assert.Equal(49, engine.Status().UncomputedTokensAllWaitingPrefills);
        engine.Step();

        // A decode and all 33 tokens: 10 + 33 + 5 + 1.
        Assert.Equal(49, engine.StepMilliseconds());
        engine.RunUntilIdle();
        Assert.Equal(0, engine.Model.UsedBlocks);
    }

    [Fact]
    public void CachedPromptTokens_RequestIsPreempted_OnlyItsFirstPrefillCounts()
    {
        var engine = new EngineDriver(EngineDriver.Small(blocks: 6));
        engine.Add("a", prompt: 33, output: 1, ids: [1, 2]);
        engine.Step();
        Assert.Equal((33, 0), (engine.Model.PrefilledPromptTokens, engine.Model.CachedPromptTokens));

        // Together they grow beyond six blocks, so that the younger one is preempted and prefills again.
        engine.Add("b", prompt: 33, output: 40, ids: [1, 2]);
        engine.Add("c", prompt: 33, output: 40, ids: [1, 2]);
        Assert.Contains(engine.RunUntilIdle(), static happened => happened.StartsWith("c:Preempted", StringComparison.Ordinal));
        Assert.Equal((99, 64), (engine.Model.PrefilledPromptTokens, engine.Model.CachedPromptTokens));
    }

    [Fact]
    public void ClearPrefixCache_EntriesInUse_StayUntilTheyAreReleased()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("a", prompt: 33, output: 1, ids: [1, 2]);
        engine.Add("b", prompt: 33, output: 9, ids: [11, 12]);
        engine.Step();
        engine.Model.ClearPrefixCache();
        Assert.Equal([false, false, true, true], new ulong[] { 1, 2, 11, 12 }.Select(engine.Model.IsCached));

        Assert.True(engine.Model.Abort("b"));
        engine.Model.ClearPrefixCache();
        Assert.False(engine.Model.IsCached(11));
        Assert.Equal(0, engine.Model.UsedBlocks);
    }
}
