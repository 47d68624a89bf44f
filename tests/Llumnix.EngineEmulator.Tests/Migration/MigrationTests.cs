using Llumnix.Cluster.Llumlets;
using Llumnix.EngineEmulator.Migration;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Tests.Migration;

/// <summary>Migrations between two engines: both of one host, or of two hosts that know of each other only by their ports.</summary>
public sealed class MigrationTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly List<EngineHost> _hosts = [];
    private readonly List<IDisposable> _disposables = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _disposables.ForEach(disposable => disposable.Dispose());
        foreach (EngineHost host in _hosts)
        {
            await host.DisposeAsync();
        }

        _http.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_RunningRequest_ItsStreamGoesOnFromTheDestination(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost);
        CompletionStream stream = Stream(source, "a", tokens: 2000);
        await stream.ReachAsync(10);

        MigrateResponse response = await Llumlet(source).MigrateAsync(destination);

        Assert.Equal((true, ""), (response.Success, response.Message));
        Assert.Equal((0, 0, 1), (source.Status().RunningRequestCount, source.Status().UsedGpuTokens, source.Status().AvailableMigrateOutSlots));
        Assert.True(stream.Tokens < 2000);
        Assert.True(await stream.Finished);
        await AssertIdleAsync(source, destination);
        Assert.True(destination.Status().StepId > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_ByTheSchedulersExecutor_IsUnderstood(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost);
        CompletionStream[] streams = [Stream(source, "a"), Stream(source, "b"), Stream(source, "c")];
        await Task.WhenAll(streams.Select(stream => stream.ReachAsync(1)));
        using var executor = new MigrationExecutor(new LlumletOptions(), TimeProvider.System);
        (RequestSelection Selection, int Moved)[] cases =
        [
            (RequestSelection.Newest, 1),
            (new RequestSelection(RequestSelectRule.Tokens, RequestSelectOrder.LongestRunning, 1), 2),
            (new RequestSelection(RequestSelectRule.CacheRatio, RequestSelectOrder.FirstComeWaitingThenShortestRunning, 0.5), 3),
        ];
        foreach ((RequestSelection selection, int moved) in cases)
        {
            MigrationPair pair = new("neutral_load", source.Metadata, destination.Metadata, selection);
            MigrationResult result = Assert.Single(await executor.ExecuteAsync([pair], Cancellation));
            Assert.Equal((MigrationOutcome.Migrated, moved), (result.Outcome, source.MigratedRequests));
        }

        await GoOnAsync(streams);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_ThereAndBack_LosesNothing(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost);
        CompletionStream stream = Stream(source, "a", tokens: 3000);
        for (int i = 1; i <= 3; i++)
        {
            await stream.ReachAsync(i * 100);
            Assert.Equal("", (await Llumlet(source).MigrateAsync(destination)).Message);
            await stream.ReachAsync((i * 100) + 50);
            Assert.Equal("", (await Llumlet(destination).MigrateAsync(source)).Message);
        }

        Assert.True(await stream.Finished);
        await AssertIdleAsync(source, destination);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_Everything_TakesWaitingRequestsToo(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost, new EngineConfiguration { MaxRunningRequests = 4 }, new EngineConfiguration());
        CompletionStream[] running = [.. Enumerable.Range(0, 4).Select(i => Stream(source, $"r{i}"))];
        await Task.WhenAll(running.Select(stream => stream.ReachAsync(1)));
        CompletionStream[] waiting = [.. Enumerable.Range(0, 6).Select(i => Stream(source, $"w{i}", tokens: 500))];
        await Eventually.TrueAsync(() => source.Status().WaitingRequestCount == 6);

        // Running ones go first: the others may run when it is their turn, and are left out while they are prefilled.
        await Eventually.TrueAsync(async () =>
        {
            await Llumlet(source).MigrateAsync(destination, requests: -1);
            return source.Status() is { RunningRequestCount: 0, WaitingRequestCount: 0 };
        });

        Assert.All(await Task.WhenAll(waiting.Select(stream => stream.Finished)), Assert.True);
        await GoOnAsync(running);
        await AssertIdleAsync(source, destination);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_WaitingPrefill_TellsThatTheKvIsAtTheDestination(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost, new EngineConfiguration { MaxRunningRequests = 1 }, new EngineConfiguration());
        CompletionStream other = Stream(source, "a");
        await other.ReachAsync(1);
        using var client = new EngineClient(source);
        Task<System.Text.Json.Nodes.JsonNode> prefill = client.PostAsync(
            "/v1/completions", """{"prompt":"a b","max_tokens":1,"kv_transfer_params":{"do_remote_decode":true}}""", "p");
        await Eventually.TrueAsync(() => source.Status().WaitingRequestCount == 1);

        Assert.Equal("", (await Llumlet(source).MigrateAsync(destination, order: "FCW")).Message);

        System.Text.Json.Nodes.JsonNode parameters = (await prefill)["kv_transfer_params"]!;
        Assert.Equal((destination.InstanceId, destination.Port), ((string?)parameters["remote_engine_id"], (int?)parameters["remote_port"]));
        Assert.Equal(16, destination.Status().UsedGpuTokens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_DestinationIsTooSmall_GoesOnAtTheSource(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(
            oneHost, new EngineConfiguration(), new EngineConfiguration { KvCapacityTokens = 512, Latency = EngineHostBuilder.Stuck });
        CompletionStream stream = Stream(source, "a", prompt: 600);
        await stream.ReachAsync(1);

        MigrateResponse response = await Llumlet(source).MigrateAsync(destination);

        Assert.Equal((false, "0 of 1 moved: the destination cannot hold the request"), (response.Success, response.Message));
        await GoOnAsync(stream);
        await AssertIdleAsync(source, destination);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_DestinationIsFull_GoesOnAtTheSource(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(
            oneHost, new EngineConfiguration(), new EngineConfiguration { KvCapacityTokens = 8192, Latency = EngineHostBuilder.Stuck });
        CompletionStream stream = Stream(source, "a", tokens: 7000, prompt: 1000), there = Stream(destination, "c", tokens: 10, prompt: 7500);
        await Task.WhenAll(stream.ReachAsync(1), Eventually.TrueAsync(() => destination.Status().UsedGpuTokens >= 7500));

        MigrateResponse response = await Llumlet(source).MigrateAsync(destination);

        Assert.Equal((false, "0 of 1 moved: the destination has no KV space"), (response.Success, response.Message));
        there.Disconnect();
        await GoOnAsync(stream);
        await AssertIdleAsync(source, destination);
    }

    [Fact]
    public async Task Migrate_NotPossible_SaysWhy()
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(
            oneHost: true, new EngineConfiguration(), new EngineConfiguration { MaxMigrationsIn = 0 });
        LlumletClient llumlet = Llumlet(source);
        Assert.Equal("no request matches", (await llumlet.MigrateAsync(destination)).Message);
        CompletionStream stream = Stream(source, "a");
        await stream.ReachAsync(1);

        MigrateRequest good = llumlet.To(destination.Metadata);
        (Action<MigrateRequest> Change, string Reason)[] cases =
        [
            (_ => { }, "0 of 1 moved: the destination has no migrate-in slot"),
            (r => r.SrcEngineId = "x", $"this is {source.InstanceId}, not x"),
            (r => r.DstEngineId = source.InstanceId, "source and destination are the same"),
            (r => r.MigrationType = "x", "unknown migration_type 'x'"),
            (r => r.MigrationReqPolicy = "x", "unknown migration_req_policy 'x'"),
            (r => r.NumTokens = 5, "migration_value does not go with NUM_REQ"),
            (r => (r.DstEngineId, r.DstEnginePort) = ("gone", 1), "0 of 1 moved: the destination does not answer"),
            (r => (r.DstEngineId, r.DstEnginePort) = ("other", destination.Port), $"0 of 1 moved: this is {destination.InstanceId}, not other"),
        ];
        foreach ((Action<MigrateRequest> change, string reason) in cases)
        {
            MigrateRequest request = good.Clone();
            change(request);
            MigrateResponse response = await llumlet.MigrateAsync(request);
            Assert.Equal((false, reason), (response.Success, response.Message));
        }
    }

    [Fact]
    public async Task Migrate_NoOutSlot_IsRefused()
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost: true, Slow, Slow);
        await Stream(source, "a").ReachAsync(1);
        await Stream(source, "b").ReachAsync(1);
        Task<MigrateResponse> first = Llumlet(source).MigrateAsync(destination);
        await Eventually.TrueAsync(() => source.Status() is { AvailableMigrateOutSlots: 0, MigrateOutRequests: 1 } && destination.Status().MigrateInRequests == 1);

        MigrateResponse second = await Llumlet(source).MigrateAsync(destination);

        Assert.Equal("0 of 1 moved: the source has no migrate-out slot", second.Message);
        Assert.False(first.IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_CallIsCancelled_GoesOnAtTheSource(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost, Slow, Slow);
        CompletionStream stream = Stream(source, "a");
        await stream.ReachAsync(1);
        using var cancellation = new CancellationTokenSource();
        Task<MigrateResponse> call = Llumlet(source).MigrateAsync(destination, cancellation: cancellation.Token);
        await Eventually.TrueAsync(() => destination.Status().MigrateInRequests == 1);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => call);
        await Eventually.TrueAsync(() => source.Status().MigrateOutRequests + destination.Status().MigrateInRequests == 0);
        await GoOnAsync(stream);
        await AssertIdleAsync(source, destination);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_DestinationCrashesDuringTheCopy_GoesOnAtTheSource(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost, Slow, Slow);
        CompletionStream stream = Stream(source, "a");
        await stream.ReachAsync(1);
        Task<MigrateResponse> call = Llumlet(source).MigrateAsync(destination);
        await Eventually.TrueAsync(() => destination.Status().MigrateInRequests == 1);
        await stream.ReachAsync(stream.Tokens + 50);

        await destination.CrashAsync();

        Assert.Equal("0 of 1 moved: the destination has ended", (await call).Message);
        await GoOnAsync(stream);
        await AssertIdleAsync(source);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_HandOverIsNotAnswered_GoesOnAtTheSource(bool takenOver)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost: false);
        await using KvtProxy proxy = await KvtProxy.StartAsync(destination, forwardsHandOvers: takenOver);
        CompletionStream stream = Stream(source, "a", tokens: 3000);
        await stream.ReachAsync(1);
        MigrateRequest request = Llumlet(source).To(destination.Metadata);
        request.DstEnginePort = proxy.Port;

        // If taken over, the destination makes tokens meanwhile: they must not reach the client.
        MigrateResponse response = await Llumlet(source).MigrateAsync(request);

        Assert.Equal("0 of 1 moved: the destination does not answer", response.Message);
        Assert.Equal(takenOver, destination.Status().StepId > 0);
        Assert.True(await stream.Finished);
        await AssertIdleAsync(source, destination);
    }

    [Theory]
    [InlineData("/kvt/reservations", "{", 400)]
    [InlineData("/kvt/reservations", "null", 400)]
    [InlineData("/kvt/reservations", "{}", 400)]
    [InlineData("/kvt/reservations", """{"engine_id":"e","request_id":"r","prompt_tokens":10,"output_tokens":5,"content_ids":[],"emitted_tokens":5}""", 409)]
    [InlineData("/kvt/reservations", """{"engine_id":"e","request_id":"r","prompt_tokens":10,"output_tokens":5,"content_ids":[],"computed_tokens":30}""", 409)]
    [InlineData("/kvt/reservations", """{"engine_id":"e","request_id":"r","prompt_tokens":10,"output_tokens":5,"content_ids":null}""", 400)]
    [InlineData("/kvt/reservations/7", """{"emitted_tokens":1,"computed_tokens":1,"needs_load":false}""", 409)]
    public async Task KvtEndpoint_WhatItCannotUse_IsRefused(string path, string body, int expected)
    {
        (HostedEngine engine, _) = await StartAsync(oneHost: true);
        using var content = new StringContent(body.Replace("\"e\"", $"\"{engine.InstanceId}\"", StringComparison.Ordinal));
        using HttpResponseMessage response = await _http.PostAsync(new Uri($"http://127.0.0.1:{engine.Port}{path}"), content, Cancellation);
        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Crash_OfTheDestinationAfterTheHandOver_BreaksTheStream(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost);
        CompletionStream stream = Stream(source, "a");
        await stream.ReachAsync(1);
        Assert.True((await Llumlet(source).MigrateAsync(destination)).Success);
        await stream.ReachAsync(stream.Tokens + 10);

        await destination.CrashAsync();

        Assert.False(await stream.Finished);
        await AssertIdleAsync(source);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task MovedRequest_ItsClientOrTheClientsEngineGoes_IsAbortedAtTheDestination(bool oneHost, bool crash)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost);
        CompletionStream stream = Stream(source, "a");
        await stream.ReachAsync(1);
        Assert.True((await Llumlet(source).MigrateAsync(destination)).Success);

        if (crash)
        {
            await source.CrashAsync();
        }
        else
        {
            stream.Disconnect();
        }

        Assert.False(await stream.Finished);
        await AssertIdleAsync(destination);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_RequestThatHasMoved_WorksOnBothSides(bool oneHost)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost);
        CompletionStream first = Stream(source, "a"), second = Stream(source, "b"), third = Stream(source, "c");
        await Task.WhenAll(first.ReachAsync(1), second.ReachAsync(1), third.ReachAsync(1));
        Assert.Equal("", (await Llumlet(source).MigrateAsync(destination, requests: 3)).Message);

        Assert.True((await Llumlet(source).AbortAsync("cmpl-a-0")).Success);
        Assert.True((await Llumlet(destination).AbortAsync("cmpl-b-0")).Success);
        AbortResponse unknown = await Llumlet(destination).AbortAsync("cmpl-c-0", "x", "y");

        Assert.Equal((false, "unknown requests: x, y"), (unknown.Success, unknown.Message));
        Assert.All(await Task.WhenAll(first.Finished, second.Finished, third.Finished), Assert.False);
        await AssertIdleAsync(source, destination);
    }

    [Fact]
    public async Task MigrateFault_Set_IsWhatCallersSee()
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost: true);
        CompletionStream stream = Stream(source, "a", tokens: 300);
        await stream.ReachAsync(1);

        source.MigrateFault = MigrateFault.Refuse;
        Assert.Equal("told to refuse", (await Llumlet(source).MigrateAsync(destination)).Message);
        source.MigrateFault = MigrateFault.Error;
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => Llumlet(source).MigrateAsync(destination));
        source.MigrateFault = MigrateFault.Hang;
        using var cancellation = new CancellationTokenSource();
        Task<MigrateResponse> hanging = Llumlet(source).MigrateAsync(destination, cancellation: cancellation.Token);
        Assert.True(await stream.Finished);
        Assert.False(hanging.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => hanging);
    }

    [Fact]
    public async Task Migrate_EngineHasCrashed_ItsLlumletIsGoneToo()
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(oneHost: true);
        await source.CrashAsync();
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => Llumlet(source).MigrateAsync(destination));
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => Llumlet(source).AbortAsync("a"));
    }

    /// <summary>The copy of a prompt of 100 tokens takes 13 s.</summary>
    private static EngineConfiguration Slow => new() { KvTransferBytesPerSecond = 1e6 };

    /// <summary>The streams get more tokens; then their clients leave.</summary>
    private static async Task GoOnAsync(params CompletionStream[] streams)
    {
        await Task.WhenAll(streams.Select(stream => stream.ReachAsync(stream.Tokens + 100)));
        foreach (CompletionStream stream in streams)
        {
            stream.Disconnect();
            await stream.Finished;
        }
    }

    private static Task AssertIdleAsync(params HostedEngine[] engines) => Eventually.TrueAsync(() => engines.All(engine => engine.Status() is
    {
        RunningRequestCount: 0, WaitingRequestCount: 0, LoadingRequestCount: 0, UsedGpuTokens: 0, MigrateInRequests: 0, MigrateOutRequests: 0,
    }));

    private Task<(HostedEngine Source, HostedEngine Destination)> StartAsync(bool oneHost) =>
        StartAsync(oneHost, new EngineConfiguration(), new EngineConfiguration());

    private async Task<(HostedEngine Source, HostedEngine Destination)> StartAsync(bool oneHost, EngineConfiguration source, EngineConfiguration destination)
    {
        EmulatedEngineOptions[] engines = [.. new[] { source, destination }.Select(engine => new EmulatedEngineOptions
        {
            Engine = ReferenceEquals(engine.Latency, PolynomialLatencyModel.H200Llama8B) ? engine with { Latency = EngineHostBuilder.Fast } : engine,
        })];
        foreach (EmulatedEngineOptions[] hosted in oneHost ? [engines] : engines.Chunk(1))
        {
            _hosts.Add(await EngineHost.StartAsync(new EngineHostOptions { Engines = hosted, MigrationTimeout = TimeSpan.FromMilliseconds(500) }, Cancellation));
        }

        HostedEngine[] started = [.. _hosts.SelectMany(host => host.Engines)];
        return (started[0], started[1]);
    }

    private CompletionStream Stream(HostedEngine engine, string id, int tokens = 900_000, int prompt = 100)
    {
        var stream = CompletionStream.Start(_http, engine, id, tokens, prompt);
        _disposables.Add(stream);
        return stream;
    }

    private LlumletClient Llumlet(HostedEngine engine)
    {
        var client = new LlumletClient(engine);
        _disposables.Add(client);
        return client;
    }
}
