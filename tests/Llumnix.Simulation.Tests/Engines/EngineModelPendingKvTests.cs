using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Tests.Engines;

/// <summary>Decode requests whose prompt another engine is still computing.</summary>
public sealed class EngineModelPendingKvTests
{
    // 160 tokens of 100 kB at 1 GB/s: 16 ms.
    private static readonly EngineConfiguration Configuration = EngineDriver.Small() with { KvBytesPerToken = 100_000, KvTransferBytesPerSecond = 1e9 };

    [Fact]
    public void TryBeginStep_KvPending_HoldsItsBlocksAndLoadsWithoutAnEnd()
    {
        EngineDriver engine = WithPending();
        Assert.Empty(engine.Step());
        InstanceStatus status = engine.Status();
        Assert.Equal((0, 1, 160, 160), (status.WaitingRequestCount, status.LoadingRequestCount, status.LoadingTokens, status.UsedGpuTokens));
        Assert.Null(engine.Model.NextWakeAt);
        engine.Now += TimeSpan.FromDays(1);
        Assert.Empty(engine.Step());
    }

    [Fact]
    public void StartLoad_Loading_TakesTheTransferTimeFromThenOn()
    {
        EngineDriver engine = WithPending();
        engine.Step();
        engine.Now = TimeSpan.FromSeconds(1);
        Assert.True(engine.Model.StartLoad("a", engine.Now));
        Assert.Equal(TimeSpan.FromMilliseconds(1016), engine.Model.NextWakeAt);
        Assert.Equal(["a:Loaded:0", "a:Token:1", "a:Finished:2"], engine.RunUntilIdle());
        Assert.Equal(0, engine.Status().UsedGpuTokens);
    }

    [Fact]
    public void StartLoad_BeforeThereAreBlocks_LoadsAsAnyOther()
    {
        EngineDriver engine = WithPending();
        Assert.True(engine.Model.StartLoad("a", engine.Now));
        engine.Step();
        Assert.Equal(TimeSpan.FromMilliseconds(16), engine.Model.NextWakeAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LoseKv_Always_ComputesThePromptHere(bool isLoading)
    {
        EngineDriver engine = WithPending();
        if (isLoading)
        {
            engine.Step();
        }

        Assert.True(engine.Model.LoseKv("a"));
        Assert.Equal((1, 0, 160), (engine.Status().WaitingRequestCount, engine.Status().LoadingRequestCount, engine.Status().UncomputedTokensAllWaitingPrefills));
        Assert.Equal(["a:Token:1", "a:Finished:2"], engine.RunUntilIdle());
        Assert.Equal(0, engine.Status().UsedGpuTokens);
    }

    [Fact]
    public void LoseKv_OthersWait_ComesBeforeThem()
    {
        EngineDriver engine = WithPending();
        engine.Step();
        engine.Add("b", prompt: 10, output: 1);
        engine.Model.LoseKv("a");
        Assert.Equal(["a", "b"], engine.Status().WaitingRequests);
    }

    [Fact]
    public void StartLoadOrLoseKv_NothingPending_ChangesNothing()
    {
        EngineDriver engine = WithPending();
        engine.Add("b", prompt: 10, output: 2, role: InferType.Decode);
        Assert.True(engine.Model.StartLoad("a", engine.Now));
        int update = engine.Model.UpdateId;
        foreach (string id in new[] { "a", "b", "nobody" })
        {
            Assert.False(engine.Model.StartLoad(id, engine.Now));
            Assert.False(engine.Model.LoseKv(id));
        }

        Assert.Equal(update, engine.Model.UpdateId);
    }

    [Fact]
    public void Abort_KvPending_FreesItsBlocks()
    {
        EngineDriver engine = WithPending();
        engine.Step();
        Assert.True(engine.Model.Abort("a"));
        Assert.Equal((0, 0), (engine.Status().LoadingRequestCount, engine.Status().UsedGpuTokens));
    }

    [Fact]
    public void TryMigrateOut_KvPending_IsRefused()
    {
        EngineDriver engine = WithPending();
        Assert.False(engine.Model.TryMigrateOut("a", engine.Now, out _, out string? refusal));
        Assert.Equal("the request's prompt is being computed elsewhere", refusal);
    }

    private static EngineDriver WithPending()
    {
        var engine = new EngineDriver(Configuration);
        engine.Add("a", prompt: 160, output: 2, role: InferType.Decode, isKvPending: true);
        return engine;
    }
}
