using k8s;
using Llumnix.Adapters.Discovery;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Kubernetes;
using Llumnix.Testing.Polling;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class KubernetesDiscoveryTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Watches that no test outlasts, so that a test says itself when they end.</summary>
    private static readonly KubernetesDiscoveryOptions LongWatches = new()
    {
        Selector = "app=vllm",
        RefreshInterval = TimeSpan.FromMinutes(1),
        LeastInterval = TimeSpan.FromMilliseconds(20),
    };

    /// <summary>Watches of a second, as in a program.</summary>
    private static readonly KubernetesDiscoveryOptions ShortWatches = LongWatches with { RefreshInterval = TimeSpan.FromSeconds(1) };

    private static readonly FakePod A = new("a", "1", "10.0.0.1");
    private static readonly FakePod B = new("b", "2", "10.0.0.2");

    private FakeKubernetes _server = null!;

    public async ValueTask InitializeAsync() => _server = await FakeKubernetes.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Run_ListInPages_ThenEvents_ListFollows()
    {
        _server.PageSize = 1;
        _server.Put(A);
        _server.Put(B);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0", "b_2_dp0");

        Assert.Equal(("10.0.0.1", 8000, InferType.Neutral), Describe(run.Sink.Instances["a_1_dp0"]));
        _server.Put(new FakePod("c", "3", "10.0.0.3"));
        await IsAsync(run, "a_1_dp0", "b_2_dp0", "c_3_dp0");
        _server.Delete("1");
        await IsAsync(run, "b_2_dp0", "c_3_dp0");
        Assert.Equal(1, _server.Lists);
    }

    [Fact]
    public async Task Run_PodTakesNoRequests_LeavesAndComesBack()
    {
        _server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        foreach (FakePod unfit in new[] { A with { IsReady = false }, A with { Phase = "Failed" }, A with { Ip = "" }, A with { Ip = null } })
        {
            _server.Put(unfit);
            await IsAsync(run);
            _server.Put(A);
            await IsAsync(run, "a_1_dp0");
        }
    }

    /// <summary>Its engine goes on with what it has, also when its probes fail by then.</summary>
    [Fact]
    public async Task Run_PodTerminates_IsAnInstanceThatTerminatesUntilItIsGone()
    {
        _server.Put(A);
        _server.Put(B);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0", "b_2_dp0");

        foreach (FakePod ending in new[] { A with { IsTerminating = true }, A with { IsTerminating = true, IsReady = false } })
        {
            int before = run.Sink.Synchronizations;
            _server.Put(ending);
            _server.Put(B with { Node = $"{ending.IsReady}" });
            await Eventually.TrueAsync(() => run.Sink.Synchronizations > before && run.Sink.Instances["b_2_dp0"].NodeId == $"{ending.IsReady}");
            Assert.True(run.Sink.Instances["a_1_dp0"].IsTerminating);
        }

        Assert.False(run.Sink.Instances["b_2_dp0"].IsTerminating);
        _server.Put(A with { IsTerminating = true, IsReady = false, Phase = "Succeeded" });
        await IsAsync(run, "b_2_dp0");
    }

    [Fact]
    public async Task Run_PodThatWasNeverReadyTerminates_IsNoInstance()
    {
        _server.Put(A with { IsTerminating = true, IsReady = false });
        _server.Put(B with { IsTerminating = true });
        await using var run = await WatchingAsync(LongWatches, "b_2_dp0");
        Assert.True(run.Sink.Instances["b_2_dp0"].IsTerminating);
    }

    [Fact]
    public async Task Run_Labels_AreThoseOfTheInstance()
    {
        _server.Put(A with { Labels = new Dictionary<string, string> { ["pool"] = "blue", ["app"] = "vllm", ["x"] = new string('x', 5000) } });
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");
        Assert.Equal("app=vllm,pool=blue", run.Sink.Instances["a_1_dp0"].Labels);
    }

    [Fact]
    public async Task Run_PodIsWrittenWithoutAChangeForUs_SinkIsNotCalled()
    {
        _server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        _server.Put(A with { Annotations = new Dictionary<string, string> { ["version"] = "2" } });
        _server.Put(B);
        await IsAsync(run, "a_1_dp0", "b_2_dp0");
        Assert.Equal(2, run.Sink.Synchronizations);
    }

    [Theory]
    [InlineData("llumnix.dev/role", "prefill", InferType.Prefill)]
    [InlineData("llm-d.ai/role", "decode", InferType.Decode)]
    [InlineData("llm-d.ai/role", "both", InferType.Neutral)]
    public async Task Run_LabelsAndAnnotations_SayWhatTheEngineIs(string key, string value, InferType role)
    {
        _server.Put(A with
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
        _server.Put(A with { Labels = new Dictionary<string, string> { ["llumnix.dev/role"] = "prefill", ["llm-d.ai/role"] = "decode" } });
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
        _server.Put(bad);
        await using var run = await WatchingAsync(LongWatches);

        // It crashes and comes back.
        _server.Put(bad with { IsReady = false });
        _server.Put(bad);
        _server.Put(B);
        await IsAsync(run, "b_2_dp0");
        _server.Expire(isTold: true);
        await Eventually.TrueAsync(() => _server is { Lists: 2, Watches: 1 }, Limit);
        Assert.Equal([reason], run.Observer.Skipped);
        Assert.Single(run.Warnings);
    }

    /// <summary>A watch that ends is resumed from the version that it has reached, without a list.</summary>
    [Fact]
    public async Task Run_WatchEndsAndHasLostADeletion_NextOneTellsIt()
    {
        _server.Put(A);
        _server.Put(B);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0", "b_2_dp0");

        _server.Delete("1", isTold: false);
        _server.CloseWatches();
        await IsAsync(run, "b_2_dp0");
        Assert.True(run.Source.State.Available);
        Assert.Equal((1, 1), (_server.Lists, _server.Connections));
    }

    /// <summary>As above; but what ends the watch is its own timeout.</summary>
    [Fact]
    public async Task Run_DeletionIsMissed_ListIsRightAfterTheRefreshInterval()
    {
        _server.Put(A);
        _server.Put(B);
        await using var run = await WatchingAsync(ShortWatches, "a_1_dp0", "b_2_dp0");

        _server.Delete("1", isTold: false);
        await IsAsync(run, "b_2_dp0");
    }

    /// <summary>The other end is gone, but the connection is not closed.</summary>
    [Fact]
    public async Task Run_ConnectionIsDead_ListIsReadOverAnotherOne()
    {
        _server.WatchesHang = true;
        _server.Put(A);
        await using var run = await WatchingAsync(ShortWatches, "a_1_dp0");

        _server.Delete("1", isTold: false);
        await IsAsync(run);
        Assert.True(_server is { Lists: >= 2, Connections: >= 2 });
    }

    [Fact]
    public async Task Run_ListStopsInTheMiddle_IsGivenUpAfterItsTimeout()
    {
        _server.Put(A);
        _server.ListsHang = true;
        await using var run = RunOf(LongWatches with { Timeout = TimeSpan.FromMilliseconds(200) });
        await Eventually.TrueAsync(() => run.Source.State.LastError == "no answer in time", Limit);

        _server.ListsHang = false;
        await IsAsync(run, "a_1_dp0");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_VersionExpires_ListIsReadAgain(bool isTold)
    {
        _server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        _server.Delete("1", isTold: false);
        _server.Expire(isTold);
        if (!isTold)
        {
            _server.CloseWatches();
        }

        await IsAsync(run);
        Assert.Equal(2, _server.Lists);
    }

    [Fact]
    public async Task Run_ListIntervalIsOver_ListIsReadAgainThoughNothingFailed()
    {
        _server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        run.Clock.Advance(LongWatches.ListInterval);
        _server.CloseWatches();
        await Eventually.TrueAsync(() => _server is { Lists: 2, Watches: 1 }, Limit);
    }

    [Fact]
    public async Task Run_WatchIsAnsweredThatTheVersionIsGone_ListIsReadAgain()
    {
        _server.WatchStatus = 410;
        _server.Put(A);
        await using var run = RunOf(LongWatches);
        await IsAsync(run, "a_1_dp0");

        _server.Delete("1");
        await IsAsync(run);
        Assert.Empty(run.Warnings);
    }

    [Theory]
    [InlineData("{\"type\":")]
    [InlineData("{\"type\":\"ADDED\",\"object\":null}")]
    [InlineData("{\"type\":\"EATEN\",\"object\":{\"kind\":\"Pod\"}}")]
    public async Task Run_GarbageInTheWatch_ListIsReadAgain(string line)
    {
        _server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        _server.Delete("1", isTold: false);
        _server.SendLine(line);
        await IsAsync(run);
    }

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\"}}")]
    [InlineData("{\"type\":\"DELETED\",\"object\":{\"kind\":\"Pod\",\"metadata\":{}}}")]
    [InlineData("{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"c\",\"uid\":\"3\"}}}")]
    public async Task Run_PodLacksItsParts_IsIgnored(string line)
    {
        _server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        _server.SendLine(line);
        _server.Put(B);
        await IsAsync(run, "a_1_dp0", "b_2_dp0");
        Assert.Equal(1, _server.Lists);
    }

    [Fact]
    public async Task Run_AddressOfAnotherPod_BelongsToTheNewerOne()
    {
        _server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        _server.Put(A with { Name = "new", Uid = "9", CreatedAt = 5 });
        await IsAsync(run, "new_9_dp0");
        // The late deletion of the old pod does not take the new one.
        _server.Delete("1");
        _server.Put(B);
        await IsAsync(run, "new_9_dp0", "b_2_dp0");
    }

    /// <summary>A list is in the order of names, which says nothing about age.</summary>
    [Fact]
    public async Task Run_TwoPodsOfOneAddressInAList_BelongsToTheNewerOne()
    {
        _server.Put(A with { CreatedAt = 5 });
        _server.Put(A with { Name = "z", Uid = "9", CreatedAt = 1 });
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");
    }

    /// <summary>While other pods of the cluster change, only bookmarks keep the version from expiring.</summary>
    [Fact]
    public async Task Run_Bookmark_IsWhereTheNextWatchBegins()
    {
        _server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        _server.Bookmark();
        _server.Expire(isTold: false);
        _server.CloseWatches();
        await Eventually.TrueAsync(() => _server is { WatchesBegun: 2, Watches: 1 }, Limit);
        _server.Put(B);
        await IsAsync(run, "a_1_dp0", "b_2_dp0");
        Assert.Equal(1, _server.Lists);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(410)]
    public async Task Run_ListFails_LastListStays(int status)
    {
        _server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        _server.ListStatus = status;
        _server.Delete("1", isTold: false);
        _server.Expire(isTold: true);
        await run.WaitForAvailabilityAsync(false).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal($"HTTP {status}", run.Source.State.LastError);
        Assert.Single(run.Sink.Instances);
        _server.ListStatus = 0;
        await IsAsync(run);
        await run.WaitForAvailabilityAsync(true).WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    /// <summary>A role that may list and not watch: lists alone keep the instances right, and it is told once.</summary>
    [Fact]
    public async Task Run_WatchIsDenied_ListsGoOn()
    {
        _server.WatchStatus = 403;
        _server.Put(A);
        await using var run = RunOf(LongWatches);
        await IsAsync(run, "a_1_dp0");

        _server.Delete("1");
        await IsAsync(run);
        await Eventually.TrueAsync(() => _server.Lists > 2, Limit);
        Assert.Contains("HTTP 403", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ConfigurationIsMissing_IsToldAndReadAgain()
    {
        _server.Put(A);
        int calls = 0;
        await using var run = RunOf(LongWatches, () => ++calls == 1 ? throw new k8s.Exceptions.KubeConfigException("no file") : Configuration());

        await IsAsync(run, "a_1_dp0");
        Assert.Contains(run.Log.Lines, line => line.Contains("no file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_MorePodsThanTheBound_FirstOnesAreUsed()
    {
        _server.Put(A);
        _server.Put(B);
        await using var run = await WatchingAsync(LongWatches with { MaxPods = 1 }, "a_1_dp0");

        Assert.Equal([DiscoverySkipReason.TooManyInstances], run.Observer.Skipped);
        // A list that replaces all pods has room for them, as the old ones are no longer counted.
        _server.Delete("2", isTold: false);
        _server.Delete("1", isTold: false);
        _server.Put(new FakePod("c", "3", "10.0.0.3"), isTold: false);
        _server.Expire(isTold: true);
        await IsAsync(run, "c_3_dp0");
    }

    private static Task IsAsync(DiscoveryRun<KubernetesDiscovery> run, params string[] ids) => run.Sink.WaitForAsync(ids).WaitAsync(Limit);

    private static (string Host, int Port, InferType Role) Describe(DiscoveredInstance instance) =>
        (instance.Host, instance.Port, instance.InferType);

    private async Task<DiscoveryRun<KubernetesDiscovery>> WatchingAsync(KubernetesDiscoveryOptions options, params string[] ids)
    {
        DiscoveryRun<KubernetesDiscovery> run = RunOf(options);
        await IsAsync(run, ids);
        await Eventually.TrueAsync(() => _server.Watches == 1, Limit);
        return run;
    }

    private KubernetesClientConfiguration Configuration() => new() { Host = _server.Url };

    private DiscoveryRun<KubernetesDiscovery> RunOf(KubernetesDiscoveryOptions options, Func<KubernetesClientConfiguration>? configure = null) => new(
        (sink, clock, log, observer) => new KubernetesDiscovery(
            options, sink, clock, log, observer, configure ?? Configuration, new Random(1)));
}
