using Llumnix.Adapters.Llumlets;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Migration;

/// <summary>Requests that move from one engine to the other.</summary>
public sealed class MigrationTests : MigrationTestBase
{
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

    /// <summary>Engines in processes of their own that know each other by an IPv6 address, written in several ways.</summary>
    [Theory]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("0:0:0:0:0:0:0:1")]
    public async Task Migrate_OverIPv6_ByTheSchedulersExecutor(string address)
    {
        (HostedEngine source, HostedEngine destination) = await StartAsync(false, new EngineConfiguration(), new EngineConfiguration(), address);
        CompletionStream stream = Stream(source, "a");
        await stream.ReachAsync(1);
        using var executor = new MigrationExecutor(new LlumletOptions(), TimeProvider.System);
        MigrationPair pair = new("neutral_load", source.Metadata, destination.Metadata, RequestSelection.Newest);
        MigrationResult result = Assert.Single(await executor.ExecuteAsync([pair], Cancellation));
        Assert.Equal((MigrationOutcome.Migrated, ""), (result.Outcome, result.Message));
        await GoOnAsync(stream);
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
}
