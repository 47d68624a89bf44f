using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Tests.Engines;

public sealed class EngineModelHandOverTests
{
    [Fact]
    public void Step_PrefillOnly_EndsWithFirstTokenAndKeepsItsKv()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("p", prompt: 33, output: 100, role: InferType.Prefill);

        Assert.Equal(["p:Finished:1"], engine.Step());
        Assert.Equal((3, 0, 1), (engine.Model.UsedBlocks, engine.Model.RunningCount, engine.Model.AwaitingPullCount));
        Assert.True(engine.Model.ReleaseAwaitingPull("p"));
        Assert.Equal((0, 0), (engine.Model.UsedBlocks, engine.Model.AwaitingPullCount));
        Assert.False(engine.Model.ReleaseAwaitingPull("p"));
    }

    [Fact]
    public void ReleaseAwaitingPull_StillRunning_IsRefused()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("p", prompt: 33, output: 1, role: InferType.Prefill);

        Assert.False(engine.Model.ReleaseAwaitingPull("p"));
        Assert.Equal(1, engine.Model.WaitingCount);
    }

    [Fact]
    public void TryBeginStep_KvNotPulledInTime_IsDropped()
    {
        var engine = new EngineDriver(EngineDriver.Small() with { AwaitingPullTimeout = TimeSpan.FromSeconds(2) });
        engine.Add("p", prompt: 33, output: 1, role: InferType.Prefill);
        engine.Step();

        Assert.Equal(2.043, engine.Model.NextWakeAt!.Value.TotalSeconds, 6);
        engine.Now = TimeSpan.FromSeconds(2.042);
        engine.Step();
        Assert.Equal(3, engine.Model.UsedBlocks);
        engine.Now = TimeSpan.FromSeconds(2.043);
        engine.Step();
        Assert.Equal(0, engine.Model.UsedBlocks);
        Assert.Null(engine.Model.NextWakeAt);
    }

    [Fact]
    public void Step_DecodeRequest_LoadsForBytesOverBandwidthThenDecodes()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("d", prompt: 1000, output: 2, role: InferType.Decode);
        Assert.Empty(engine.Step());

        // 1000 * 131072 / 10e9 s.
        Assert.Equal(13.1072, engine.Model.NextWakeAt!.Value.TotalMilliseconds, 4);
        InstanceStatus loading = engine.Status();
        Assert.Equal((1, 1000, 0, 0), (loading.LoadingRequestCount, loading.LoadingTokens, loading.WaitingRequestCount, loading.RunningRequestCount));
        Assert.Equal(63 * 16, loading.UsedGpuTokens);

        engine.Now = engine.Model.NextWakeAt!.Value;
        Assert.Equal(["d:Loaded:0", "d:Token:1"], engine.Step());
        Assert.Equal(19.1072, engine.Now.TotalMilliseconds, 4);
        Assert.Equal(["d:Finished:2"], engine.Step());
        Assert.Equal(0, engine.Model.UsedBlocks);
    }

    [Fact]
    public void Step_DecodeRequestWithoutSpace_WaitsInTheQueue()
    {
        var engine = new EngineDriver(EngineDriver.Small(blocks: 4));
        engine.Add("a", prompt: 48, output: 2);
        engine.Step();
        engine.Add("d", prompt: 32, output: 1, role: InferType.Decode);
        engine.Step();

        InstanceStatus status = engine.Status();
        Assert.Equal((1, 0, 1, 32), (status.WaitingRequestCount, status.UncomputedTokensAllWaitingPrefills, status.SchedulerWaitingToDecodeRequests, status.SchedulerWaitingToDecodeTokens));
        Assert.Equal(["d:Loaded:0", "d:Finished:1"], engine.RunUntilIdle());
    }

    [Fact]
    public void Step_LoadedButNoRunningSlot_StaysLoading()
    {
        var engine = new EngineDriver(EngineDriver.Small() with { MaxRunningRequests = 1 });
        engine.Add("a", prompt: 10, output: 3);
        engine.Step();
        engine.Add("d", prompt: 10, output: 1, role: InferType.Decode);
        engine.Step();

        Assert.Equal(1, engine.Model.LoadingCount);
        Assert.Equal(["a:Finished:3"], engine.Step());
        Assert.Equal(["d:Loaded:0", "d:Finished:1"], engine.Step());
    }

    /// <summary>Gateways ask both under one id.</summary>
    [Theory]
    [InlineData("d")]
    [InlineData("p")]
    public void Add_DecodeWhosePrefillIsHere_TakesItsKvOverAtOnce(string id)
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("p", prompt: 33, output: 1, role: InferType.Prefill, ids: [1, 2]);
        engine.Step();
        Assert.Equal(AdmissionResult.Accepted, engine.Add(id, prompt: 33, output: 2, role: InferType.Decode, ids: [1, 2], localPrefillId: "p"));

        Assert.Equal((3, 0, 0), (engine.Model.UsedBlocks, engine.Model.AwaitingPullCount, engine.Model.WaitingCount));
        Assert.Equal([$"{id}:Loaded:0", $"{id}:Token:1"], engine.Step());
        Assert.Equal(49, engine.Now.TotalMilliseconds);
        Assert.Equal(AdmissionResult.DuplicateId, engine.Add(id, prompt: 33, output: 2, role: InferType.Decode, localPrefillId: "p"));
        Assert.Equal([$"{id}:Finished:2"], engine.Step());
        Assert.Equal(0, engine.Model.UsedBlocks);
        Assert.Equal(AdmissionResult.Accepted, engine.Add("p", prompt: 33, output: 1));
    }

    /// <summary>Of another prompt, not to decode, or while the prefill is not done: two requests of one id.</summary>
    [Theory]
    [InlineData(40, InferType.Decode, true)]
    [InlineData(33, InferType.Neutral, true)]
    [InlineData(33, InferType.Decode, false)]
    public void Add_SameIdAsALocalPrefillButNotItsDecode_IsADuplicate(int prompt, InferType role, bool isDone)
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("p", prompt: 33, output: 1, role: InferType.Prefill);
        if (isDone)
        {
            engine.Step();
        }

        Assert.Equal(AdmissionResult.DuplicateId, engine.Add("p", prompt, output: 2, role: role, localPrefillId: "p"));
    }

    [Fact]
    public void Add_DecodeWhoseLocalPrefillIsGone_ComputesThePromptAgain()
    {
        var engine = new EngineDriver(EngineDriver.Small());
        engine.Add("d", prompt: 30, output: 2, role: InferType.Decode, localPrefillId: "p");

        Assert.Equal(40, engine.StepMilliseconds());
        Assert.Equal(["d:Finished:2"], engine.Step());
    }
}
