using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;
using Llumnix.Testing;

namespace Llumnix.Simulation.Tests.Engines;

public sealed class EngineModelStepTests
{
    [Fact]
    public void TryBeginStep_NoRequests_NothingToCompute()
    {
        var engine = new EngineDriver(EngineDriver.Small());

        Assert.False(engine.Model.TryBeginStep(TimeSpan.Zero, out TimeSpan duration));
        Assert.Equal(TimeSpan.Zero, duration);
        Assert.Null(engine.Model.NextWakeAt);
        Assert.Equal(0, engine.Model.StepId);
    }

    [Fact]
    public void Step_DefaultLatency_LastsByTheH200Formulas()
    {
        var engine = new EngineDriver(new EngineConfiguration());
        engine.Add("a", prompt: 1000, output: 3);

        // 18.55 + 14.11 + 0.4919, then 4.388 + 0.0385 + 2.932e-5 * 1001.
        Assert.Equal(33.1519, engine.StepMilliseconds(), 3);
        Assert.Equal(4.4558, engine.StepMilliseconds(), 3);
    }

    [Fact]
    public void Step_Request_EmitsFirstTokenWithPrefillThenOnePerDecode()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("a", prompt: 20, output: 3);

        Assert.Equal(["a:Token:1"], engine.Step());
        Assert.Equal(30, engine.Now.TotalMilliseconds);
        Assert.Equal(["a:Token:2"], engine.Step());
        Assert.Equal(["a:Finished:3"], engine.Step());
        Assert.Equal(42, engine.Now.TotalMilliseconds);
        Assert.Equal(0, engine.Model.UsedBlocks);
        Assert.Equal(0, engine.Model.RunningCount);
        Assert.Empty(engine.Step());
    }

    [Fact]
    public void Step_PromptLargerThanBudget_ComputesChunks()
    {
        var engine = new EngineDriver(EngineDriver.Small() with { MaxBatchedTokens = 100 });
        engine.Add("a", prompt: 250, output: 1);

        Assert.Equal(110, engine.StepMilliseconds());
        Assert.Equal(7, engine.Model.UsedBlocks);
        Assert.Equal(110, engine.StepMilliseconds());
        Assert.Equal(["a:Finished:1"], engine.Step());
        Assert.Equal(280, engine.Now.TotalMilliseconds);
    }

    [Fact]
    public void Step_DecodeAndPrefills_DecodesFirstThenRunningPrefillsThenWaiting()
    {
        var engine = new EngineDriver(EngineDriver.Small() with { MaxBatchedTokens = 100 });
        engine.Add("decode", prompt: 10, output: 9);
        engine.Step();
        engine.Add("long", prompt: 150, output: 1);
        engine.Add("late", prompt: 60, output: 1);

        // 1 decode and 99 of 150: 10 + 99 + 5 + 1.
        Assert.Equal(115, engine.StepMilliseconds());

        // 1 decode, the remaining 51, and 48 of 60.
        Assert.Equal(["decode:Token:3", "long:Finished:1"], engine.Step());
        Assert.Equal(12, engine.Status().UncomputedTokensSchedulerRunningPrefills);
        Assert.Equal(["decode:Token:4", "late:Finished:1"], engine.Step());
    }

    [Fact]
    public void Step_RunningLimitReached_OthersWait()
    {
        var engine = new EngineDriver(EngineDriver.Small() with { MaxRunningRequests = 2 });
        foreach (string id in new[] { "a", "b", "c" })
        {
            engine.Add(id, prompt: 10, output: 2);
        }

        Assert.Equal(["a:Token:1", "b:Token:1"], engine.Step());
        Assert.Equal(["c"], engine.Status().WaitingRequests);
        Assert.Equal(["a:Finished:2", "b:Finished:2"], engine.Step());
        Assert.Equal(["c:Token:1"], engine.Step());
    }

    [Fact]
    public void Step_FirstWaitingDoesNotFit_LaterOnesDoNotOvertake()
    {
        var engine = new EngineDriver(EngineDriver.Small(blocks: 10));
        engine.Add("six", prompt: 96, output: 2);
        engine.Add("five", prompt: 80, output: 1);
        engine.Add("one", prompt: 16, output: 1);

        Assert.Equal(["six:Token:1"], engine.Step());
        Assert.Equal(["six:Finished:2"], engine.Step());
        Assert.Equal(["five:Finished:1", "one:Finished:1"], engine.Step());
    }

    [Fact]
    public void Step_NoBlockLeft_PreemptsTheYoungestWhichRecomputes()
    {
        var engine = new EngineDriver(EngineDriver.Small(blocks: 4));
        engine.Add("old", prompt: 32, output: 4);
        engine.Add("young", prompt: 32, output: 3);

        Assert.Equal(["old:Token:1", "young:Token:1"], engine.Step());
        Assert.Equal(["young:Preempted:1", "old:Token:2"], engine.Step());
        Assert.Equal(3, engine.Model.UsedBlocks);
        Assert.Equal(33, engine.Status().UncomputedTokensSchedulerWaitingPrefills);
        engine.Step();
        Assert.Equal(["old:Finished:4"], engine.Step());

        // 32 prompt tokens and the one emitted before: 10 + 33.
        Assert.Equal(43, engine.StepMilliseconds());
        Assert.Equal(["young:Finished:3"], engine.Step());
        Assert.Equal(0, engine.Model.UsedBlocks);
    }

    [Fact]
    public void Step_PrefillNeedsABlockOfAScheduledDecode_TakesThatOutOfTheStep()
    {
        // The load takes 2 blocks while "long" is between its chunks, and decodes in front of the second chunk.
        var engine = new EngineDriver(EngineDriver.Small(blocks: 6) with { MaxBatchedTokens = 64 });
        engine.Add("long", prompt: 96, output: 1);
        engine.Add("loaded", prompt: 17, output: 5, role: InferType.Decode);
        Assert.Empty(engine.Step());

        Assert.Equal(["loaded:Loaded:0", "loaded:Preempted:0", "long:Finished:1"], engine.Step());

        // First chunk 10 + 64, second chunk 10 + 32 without any decode.
        Assert.Equal(116, engine.Now.TotalMilliseconds);
    }

    [Fact]
    public void Step_EverybodyPreempted_AdmitsTheFirstAgainInTheSameStep()
    {
        // 2 blocks stay held. "long" has 2, "loaded" 2, and one is free; the next chunk of "long" needs 4 more.
        var engine = new EngineDriver(EngineDriver.Small(blocks: 7) with { MaxBatchedTokens = 64 });
        engine.Add("held", prompt: 32, output: 1, role: InferType.Prefill);
        engine.Add("long", prompt: 96, output: 1);
        engine.Add("loaded", prompt: 17, output: 5, role: InferType.Decode);
        Assert.Equal(["held:Finished:1"], engine.Step());

        Assert.Equal(["loaded:Loaded:0", "loaded:Preempted:0", "long:Preempted:0"], engine.Step());

        Assert.Equal((2, 1, 1, 6), (engine.Model.StepId, engine.Model.RunningCount, engine.Model.WaitingCount, engine.Model.UsedBlocks));
        Assert.Equal(148, engine.Now.TotalMilliseconds);
    }

    [Fact]
    public void Step_SomebodyPreempted_AdmitsNobodyInTheSameStep()
    {
        var engine = new EngineDriver(EngineDriver.Small(blocks: 6) with { MaxBatchedTokens = 20 });
        engine.Add("old", prompt: 46, output: 9);
        engine.Add("young", prompt: 46, output: 9);
        string[] events = engine.Step();
        while (!events.Contains("young:Preempted:1"))
        {
            events = engine.Step();
            Assert.True(engine.Model.StepId < 20);
        }

        // 2 blocks are free, enough for its first chunk of 19 tokens.
        Assert.Equal((1, 1, 4), (engine.Model.RunningCount, engine.Model.WaitingCount, engine.Model.UsedBlocks));
        engine.Step();
        Assert.Equal((2, 0, 6), (engine.Model.RunningCount, engine.Model.WaitingCount, engine.Model.UsedBlocks));
    }

    [Fact]
    public void CompleteStep_WithoutStep_Throws()
    {
        var engine = new EngineDriver(EngineDriver.Small());

        Assert.Throws<InvalidOperationException>(() => engine.Model.CompleteStep(TimeSpan.Zero).Length);
    }

    [Fact]
    public void TryBeginStep_StepUnderWay_Throws()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("a", prompt: 1, output: 1);
        engine.Model.TryBeginStep(engine.Now, out _);

        Assert.Throws<InvalidOperationException>(() => engine.Model.TryBeginStep(engine.Now, out _));
    }

    [Fact]
    public void Step_Noise_IsSeededAndAveragesToOne()
    {
        static List<double> Durations(int seed)
        {
            var engine = new EngineDriver(EngineDriver.Small() with { Noise = 0.1, NoiseSeed = seed });
            engine.Add("a", prompt: 1, output: 1001);
            engine.Step();
            return [.. Enumerable.Range(0, 1000).Select(_ => engine.StepMilliseconds())];
        }

        List<double> first = Durations(seed: 1);

        Assert.Equal(first, Durations(seed: 1));
        Assert.NotEqual(first, Durations(seed: 2));
        Assert.InRange(first.Average(), 5.9, 6.1);
        Assert.True(first.Distinct().Count() > 900);
    }

    [Fact]
    public void Step_256Decodes_AllocatesNothing()
    {
        const int Most = 1_000_000;
        var engine = new EngineModel(new EngineConfiguration { KvCapacityTokens = 256 * Most });
        for (int i = 0; i < 256; i++)
        {
            engine.Add(new EngineRequest { Id = $"r{i}", PromptTokens = 30, OutputTokens = Most - 30 }, TimeSpan.Zero);
        }

        void Run()
        {
            for (int i = 0; i < 1000; i++)
            {
                engine.TryBeginStep(TimeSpan.Zero, out _);
                engine.CompleteStep(TimeSpan.Zero);
            }
        }

        Run();

        Assert.Equal(0, Allocations.Of(Run));
        Assert.Equal(256, engine.RunningCount);
    }

    /// <summary>Eleven blocks, of which the running one has five. With two kept for it, a prompt of five must wait, one of four need not.</summary>
    [Theory]
    [InlineData(64, 2)]
    [InlineData(65, 1)]
    public void Step_KvNearlyFull_AdmissionLeavesRoomToGrow(int prompt, int running)
    {
        var engine = new EngineDriver(EngineDriver.Small(11) with { GrowthReserveBlocks = 2, PrefixCacheEnabled = false });
        engine.Add("a", 64, 30);
        engine.Step();
        engine.Add("b", prompt, 30);
        engine.Model.TryBeginStep(engine.Now, out _);
        Assert.Equal(running, engine.Model.RunningCount);
    }
}
