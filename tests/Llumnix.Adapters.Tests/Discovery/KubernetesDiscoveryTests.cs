using Llumnix.Adapters.Discovery;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Kubernetes;
using Llumnix.Testing.Polling;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>Which pods are engines, and what they say of themselves.</summary>
public sealed class KubernetesDiscoveryTests : KubernetesDiscoveryRuns
{
    [Fact]
    public async Task Run_ListInPages_ThenEvents_ListFollows()
    {
        Server.PageSize = 1;
        Server.Put(A);
        Server.Put(B);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0", "b_2_dp0");

        Assert.Equal(("10.0.0.1", 8000, InferType.Neutral), Describe(run.Sink.Instances["a_1_dp0"]));
        Server.Put(new FakePod("c", "3", "10.0.0.3"));
        await IsAsync(run, "a_1_dp0", "b_2_dp0", "c_3_dp0");
        Server.Delete("1");
        await IsAsync(run, "b_2_dp0", "c_3_dp0");
        Assert.Equal(1, Server.Lists);
    }

    [Fact]
    public async Task Run_PodTakesNoRequests_LeavesAndComesBack()
    {
        Server.Put(A);
        Server.Put(B);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0", "b_2_dp0");

        foreach (FakePod unfit in new[] { A with { IsReady = false }, A with { Phase = "Failed" }, A with { Ip = "" }, A with { Ip = null } })
        {
            Server.Put(unfit);
            await IsAsync(run, "b_2_dp0");
            Server.Put(A);
            await IsAsync(run, "a_1_dp0", "b_2_dp0");
        }
    }

    /// <summary>Its engine goes on with what it has, also when its probes fail by then.</summary>
    [Fact]
    public async Task Run_PodTerminates_IsAnInstanceThatTerminatesUntilItIsGone()
    {
        Server.Put(A);
        Server.Put(B);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0", "b_2_dp0");

        foreach (FakePod ending in new[] { A with { IsTerminating = true }, A with { IsTerminating = true, IsReady = false } })
        {
            int before = run.Sink.Synchronizations;
            Server.Put(ending);
            Server.Put(B with { Node = $"{ending.IsReady}" });
            await Eventually.TrueAsync(() => run.Sink.Synchronizations > before && run.Sink.Instances["b_2_dp0"].NodeId == $"{ending.IsReady}");
            Assert.True(run.Sink.Instances["a_1_dp0"].IsTerminating);
        }

        Assert.False(run.Sink.Instances["b_2_dp0"].IsTerminating);
        Server.Put(A with { IsTerminating = true, IsReady = false, Phase = "Succeeded" });
        await IsAsync(run, "b_2_dp0");
    }

    [Fact]
    public async Task Run_PodThatWasNeverReadyTerminates_IsNoInstance()
    {
        Server.Put(A with { IsTerminating = true, IsReady = false });
        Server.Put(B with { IsTerminating = true });
        await using var run = await WatchingAsync(LongWatches, "b_2_dp0");
        Assert.True(run.Sink.Instances["b_2_dp0"].IsTerminating);
    }

    [Fact]
    public async Task Run_Labels_AreThoseOfTheInstance()
    {
        Server.Put(A with { Labels = new Dictionary<string, string> { ["pool"] = "blue", ["app"] = "vllm", ["x"] = new string('x', 5000) } });
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");
        Assert.Equal("app=vllm,pool=blue", run.Sink.Instances["a_1_dp0"].Labels);
    }

    [Fact]
    public async Task Run_PodIsWrittenWithoutAChangeForUs_SinkIsNotCalled()
    {
        Server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        Server.Put(A with { Annotations = new Dictionary<string, string> { ["version"] = "2" } });
        Server.Put(B);
        await IsAsync(run, "a_1_dp0", "b_2_dp0");
        Assert.Equal(2, run.Sink.Synchronizations);
    }

    [Theory]
    [InlineData("llumnix.dev/role", "prefill", InferType.Prefill)]
    [InlineData("llm-d.ai/role", "decode", InferType.Decode)]
    [InlineData("llm-d.ai/role", "both", InferType.Neutral)]
    public async Task Run_LabelsAndAnnotations_SayWhatTheEngineIs(string key, string value, InferType role)
    {
        Server.Put(A with
        {
            Node = "node-1",
            Labels = new Dictionary<string, string> { [key] = value },
            Annotations = new Dictionary<string, string> { ["llumnix.dev/port"] = "9000", ["llumnix.dev/model"] = "m" },
        });
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        DiscoveredInstance instance = run.Sink.Instances.Values.Single();
        Assert.Equal(("10.0.0.1", 9000, role), Describe(instance));
        Assert.Equal(("m", "node-1"), (instance.Model, instance.NodeId));
    }

    [Fact]
    public async Task Run_RoleOfLlumnixAndOfLlmD_OursCounts()
    {
        Server.Put(A with { Labels = new Dictionary<string, string> { ["llumnix.dev/role"] = "prefill", ["llm-d.ai/role"] = "decode" } });
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        Assert.Equal(InferType.Prefill, run.Sink.Instances.Values.Single().InferType);
    }

    [Theory]
    [InlineData("llumnix.dev/port", "0", DiscoverySkipReason.MissingPort)]
    [InlineData("llumnix.dev/port", "65536", DiscoverySkipReason.MissingPort)]
    [InlineData("llumnix.dev/port", "http", DiscoverySkipReason.MissingPort)]
    [InlineData("llumnix.dev/role", "cook", DiscoverySkipReason.UnknownInstanceType)]
    public async Task Run_UnusablePod_IsSkippedAndToldOnce(string key, string value, DiscoverySkipReason reason)
    {
        FakePod bad = A with { Annotations = new Dictionary<string, string> { [key] = value } };
        Server.Put(bad);
        await using var run = await WatchingAsync(LongWatches);

        // It crashes and comes back.
        Server.Put(bad with { IsReady = false });
        Server.Put(bad);
        Server.Put(B);
        await IsAsync(run, "b_2_dp0");
        Server.Expire(isTold: true);
        await Eventually.TrueAsync(() => Server is { Lists: 2, Watches: 1 }, Limit);
        Assert.Equal([reason], run.Observer.Skipped);
        Assert.Single(run.Warnings);
    }

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\"}}")]
    [InlineData("{\"type\":\"DELETED\",\"object\":{\"kind\":\"Pod\",\"metadata\":{}}}")]
    [InlineData("{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"c\",\"uid\":\"3\"}}}")]
    public async Task Run_PodLacksItsParts_IsIgnored(string line)
    {
        Server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        Server.SendLine(line);
        Server.Put(B);
        await IsAsync(run, "a_1_dp0", "b_2_dp0");
        Assert.Equal(1, Server.Lists);
    }

    [Fact]
    public async Task Run_AddressOfAnotherPod_BelongsToTheNewerOne()
    {
        Server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        Server.Put(A with { Name = "new", Uid = "9", CreatedAt = 5 });
        await IsAsync(run, "new_9_dp0");
        // The late deletion of the old pod does not take the new one.
        Server.Delete("1");
        Server.Put(B);
        await IsAsync(run, "new_9_dp0", "b_2_dp0");
    }

    /// <summary>A list is in the order of names, which says nothing about age.</summary>
    [Fact]
    public async Task Run_TwoPodsOfOneAddressInAList_BelongsToTheNewerOne()
    {
        Server.Put(A with { CreatedAt = 5 });
        Server.Put(A with { Name = "z", Uid = "9", CreatedAt = 1 });
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");
    }

    [Fact]
    public async Task Run_MorePodsThanTheBound_FirstOnesAreUsed()
    {
        Server.Put(A);
        Server.Put(B);
        await using var run = await WatchingAsync(LongWatches with { MaxPods = 1 }, "a_1_dp0");

        Assert.Equal([DiscoverySkipReason.TooManyInstances], run.Observer.Skipped);
        // A list that replaces all pods has room for them, as the old ones are no longer counted.
        Server.Delete("2", isTold: false);
        Server.Delete("1", isTold: false);
        Server.Put(new FakePod("c", "3", "10.0.0.3"), isTold: false);
        Server.Expire(isTold: true);
        await IsAsync(run, "c_3_dp0");
    }

    private static (string Host, int Port, InferType Role) Describe(DiscoveredInstance instance) =>
        (instance.Host, instance.Port, instance.InferType);
}
