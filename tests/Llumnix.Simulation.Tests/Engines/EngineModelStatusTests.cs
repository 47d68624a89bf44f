using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Tests.Engines;

public sealed class EngineModelStatusTests
{
    [Fact]
    public void Status_Idle_ReportsCapacityInWholeBlocks()
    {
        var engine = new EngineDriver(new() { InstanceId = "i" });
        engine.Now = TimeSpan.FromMilliseconds(1500);

        InstanceStatus status = engine.Status();

        Assert.Equal(("i", true, 1500L), (status.InstanceId, status.Schedulable, status.TimestampMs));
        Assert.Equal((945_024, 0), (status.TotalGpuTokens, status.UsedGpuTokens));
        Assert.Equal((0, 0, -1), (status.StepId, status.UpdateId, status.ProfilingId));
    }

    [Fact]
    public void Status_PrefillUnderWay_CountsTheChunkAsUncomputedButAllocated()
    {
        var engine = new EngineDriver(EngineDriver.Small() with { MaxBatchedTokens = 100 });
        engine.Add("long", prompt: 250, output: 5);
        engine.Add("waiting", prompt: 40, output: 1);
        engine.Model.TryBeginStep(engine.Now, out _);

        InstanceStatus during = engine.Status();
        Assert.Equal((250, 150), (during.UncomputedTokensSchedulerRunningPrefills, during.UnallocatedTokensSchedulerRunningPrefills));
        Assert.Equal((1, 250), (during.SchedulerRunningToDecodeRequests, during.SchedulerRunningToDecodeTokens));
        Assert.Equal((40, 40), (during.UncomputedTokensSchedulerWaitingPrefills, during.UncomputedTokensAllWaitingPrefills));

        // One token only: it never decodes.
        Assert.Equal((0, 0), (during.SchedulerWaitingToDecodeRequests, during.SchedulerWaitingToDecodeTokens));
        Assert.Equal(7 * 16, during.UsedGpuTokens);

        engine.Model.CompleteStep(engine.Now);
        InstanceStatus between = engine.Status();
        Assert.Equal((150, 150), (between.UncomputedTokensSchedulerRunningPrefills, between.UnallocatedTokensSchedulerRunningPrefills));
        Assert.True(between.UpdateId > during.UpdateId);
    }

    [Fact]
    public void Status_RolesThatDoNotDecodeHere_AreNotCountedAsDecodes()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("neutral", prompt: 10, output: 5);
        engine.Add("prefill", prompt: 20, output: 5, role: InferType.Prefill);

        InstanceStatus waiting = engine.Status();
        Assert.Equal((2, 1, 10), (waiting.WaitingRequestCount, waiting.SchedulerWaitingToDecodeRequests, waiting.SchedulerWaitingToDecodeTokens));
        Assert.Equal(["neutral", "prefill"], waiting.WaitingRequests);

        engine.Model.TryBeginStep(engine.Now, out _);
        InstanceStatus running = engine.Status();
        Assert.Equal((2, 1, 10), (running.RunningRequestCount, running.SchedulerRunningToDecodeRequests, running.SchedulerRunningToDecodeTokens));

        engine.Model.CompleteStep(engine.Now);
        InstanceStatus decoding = engine.Status();
        Assert.Equal((1, 11), (decoding.SchedulerRunningToDecodeRequests, decoding.SchedulerRunningToDecodeTokens));
    }

    [Fact]
    public void Status_RecentRequests_LeaveAfterTenSeconds()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("a", prompt: 10, output: 1);
        engine.Now = TimeSpan.FromSeconds(4);
        engine.Add("b", prompt: 10, output: 1);
        engine.RunUntilIdle();

        engine.Now = TimeSpan.FromSeconds(10);
        Assert.Equal(["a", "b"], engine.Status().RecentWaitingRequests);
        engine.Now = TimeSpan.FromSeconds(10.001);
        Assert.Equal(["b"], engine.Status().RecentWaitingRequests);
        Assert.Empty(engine.Status().WaitingRequests);
    }

    [Fact]
    public void Status_ManyRecentRequests_KeepsTheNewest4096()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        for (int i = 0; i < 4097; i++)
        {
            engine.Add($"r{i}", prompt: 1, output: 1);
        }

        IReadOnlyList<string> recent = engine.Status().RecentWaitingRequests;
        Assert.Equal((4096, "r1", "r4096"), (recent.Count, recent[0], recent[^1]));
    }

    [Fact]
    public void Status_Profiling_SamplesTheFirstPrefillSteps()
    {
        var engine = new EngineDriver(EngineDriver.Small() with { ProfilingSteps = 2 });
        List<(int, double, int)> samples = [];
        foreach (int prompt in new[] { 20, 30, 40 })
        {
            engine.Add($"r{prompt}", prompt, output: 2);
            engine.RunUntilIdle();
            InstanceStatus status = engine.Status();
            samples.Add((status.ProfilingId, status.StepDurationMs, status.ScheduledPrefillTokens));
        }

        Assert.Equal([(1, 30, 20), (2, 40, 30), (-1, 0, 0)], samples);
    }
}
