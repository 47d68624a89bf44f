using Llumnix.Adapters.Outages;
using Llumnix.Testing.Kubernetes;
using Llumnix.Testing.Polling;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>Pods that lose Ready, as they do when the API server or the kubelets fail and the engines do not.</summary>
public sealed class KubernetesLastResortTests : KubernetesDiscoveryRuns
{
    [Fact]
    public async Task Run_AllLoseReadyOneAfterAnother_StayUntilOneIsReadyAgain()
    {
        Server.Put(A);
        Server.Put(B);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0", "b_2_dp0");
        Server.Put(A with { IsReady = false });
        await IsAsync(run, "b_2_dp0");
        Assert.Empty(run.Warnings);
        Server.Put(B with { IsReady = false });
        await IsAsync(run, "a_1_dp0", "b_2_dp0");
        await Eventually.TrueAsync(() => run.Warnings.Any(), Limit);

        // Another change of theirs is no news.
        Server.Put(B with { IsReady = false, Node = "other" });
        await Eventually.TrueAsync(() => run.Sink.Instances["b_2_dp0"].NodeId == "other", Limit);
        Assert.StartsWith("Warning: No pod of a role is Ready any more: 2 that were Ready until then stay in use", Assert.Single(run.Warnings), StringComparison.Ordinal);
        Server.Put(A);
        await IsAsync(run, "a_1_dp0");
        await Eventually.TrueAsync(() => run.Log.Lines.Contains("Information: Pods that are not Ready are in use no more"), Limit);
        Assert.Single(run.Warnings);
    }

    /// <summary>Pods that come and go do not flood the log, but what lasts is told in the end.</summary>
    [Fact]
    public async Task Run_ReadyIsLostAgainSoonAfterwards_IsToldLater()
    {
        Server.Put(A);
        await using var run = await WatchingAsync(ShortWatches, "a_1_dp0");
        foreach (FakePod state in new[] { A with { IsReady = false, Node = "1" }, A with { Node = "2" }, A with { IsReady = false, Node = "3" } })
        {
            Server.Put(state);
            await Eventually.TrueAsync(() => run.Sink.Instances["a_1_dp0"].NodeId == state.Node, Limit);
        }

        run.Clock.Advance(OutageLog.Quiet);
        await Eventually.TrueAsync(() => run.Warnings.Count() == 2, Limit);
    }

    [Fact]
    public async Task Run_UnreadyPodsAreDeletedOrEnd_AreNoLastResort()
    {
        Server.Put(A);
        Server.Put(B);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0", "b_2_dp0");
        Server.Put(A with { IsReady = false });
        await IsAsync(run, "b_2_dp0");
        Server.Put(B with { IsReady = false });
        await IsAsync(run, "a_1_dp0", "b_2_dp0");
        Server.Delete("1");
        await IsAsync(run, "b_2_dp0");
        Server.Put(B with { IsReady = false, Phase = "Failed" });
        await IsAsync(run);
    }

    [Fact]
    public async Task Run_UnreadyForTheWholeTime_IsNoLastResortAnyMore()
    {
        Server.Put(A);
        await using var run = await WatchingAsync(ShortWatches, "a_1_dp0");
        Server.Put(A with { IsReady = false, Node = "unready" });
        await Eventually.TrueAsync(() => run.Sink.Instances["a_1_dp0"].NodeId == "unready", Limit);
        run.Clock.Advance(ShortWatches.LastResortTime);
        await IsAsync(run);
        Server.Put(A with { IsReady = false, Node = "again" });
        Server.Put(B);
        await IsAsync(run, "b_2_dp0");
    }

    [Fact]
    public async Task Run_PodWasNeverReady_IsNoLastResort()
    {
        Server.Put(A with { IsReady = false });
        Server.Put(B);
        await using var run = await WatchingAsync(LongWatches, "b_2_dp0");
        Server.Put(B with { IsReady = false, Node = "unready" });
        await Eventually.TrueAsync(() => run.Sink.Instances["b_2_dp0"].NodeId == "unready", Limit);
        Assert.Equal(["b_2_dp0"], run.Sink.Instances.Keys);
    }

    /// <summary>Decode pods are no substitute for prefill pods.</summary>
    [Fact]
    public async Task Run_OneRoleLosesReady_ItsPodsStayBesideTheOthers()
    {
        FakePod prefill = A with { Labels = new Dictionary<string, string> { ["llm-d.ai/role"] = "prefill" } };
        Server.Put(prefill);
        Server.Put(B with { Labels = new Dictionary<string, string> { ["llm-d.ai/role"] = "decode" } });
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0", "b_2_dp0");
        Server.Put(prefill with { IsReady = false, Node = "unready" });
        await Eventually.TrueAsync(() => run.Sink.Instances.GetValueOrDefault("a_1_dp0")?.NodeId == "unready", Limit);
        await IsAsync(run, "a_1_dp0", "b_2_dp0");
    }
}
