using Llumnix.EngineEmulator.Migration;
using Llumnix.Protocol.Llumlet;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Migration;

/// <summary>Migrations that are refused, break off, or whose engines go.</summary>
public sealed class MigrationFaultTests : MigrationTestBase
{
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
            (r => (r.DstEngineId, r.DstEngineIp) = ("gone", "no host"), "0 of 1 moved: dst_engine_ip and dst_engine_port are no address"),
            (r => (r.DstEngineId, r.DstEnginePort) = ("gone", 70_000), "0 of 1 moved: dst_engine_ip and dst_engine_port are no address"),
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
    [InlineData("/kvt/reservations", """{"engine_id":"e","request_id":"","prompt_tokens":10,"output_tokens":5,"content_ids":[]}""", 409)]
    [InlineData("/kvt/prefills", "{}", 400)]
    [InlineData("/kvt/prefills", """{"request_id":"","prompt_tokens":10,"content_ids":[]}""", 400)]
    [InlineData("/kvt/prefills", """{"request_id":"r","prompt_tokens":0,"content_ids":[]}""", 400)]
    [InlineData("/kvt/prefills", """{"request_id":"r","prompt_tokens":2000000000,"content_ids":[]}""", 400)]
    [InlineData("/kvt/prefills", """{"request_id":"\ud800","prompt_tokens":10,"content_ids":[]}""", 400)]
    [InlineData("/kvt/reservations/7", """{"emitted_tokens":1,"computed_tokens":1,"needs_load":false}""", 409)]
    public async Task KvtEndpoint_WhatItCannotUse_IsRefused(string path, string body, int expected)
    {
        (HostedEngine engine, _) = await StartAsync(oneHost: true);
        using var content = new StringContent(body.Replace("\"e\"", $"\"{engine.InstanceId}\"", StringComparison.Ordinal));
        using HttpResponseMessage response = await Http.PostAsync(new Uri($"http://127.0.0.1:{engine.Port}{path}"), content, Cancellation);
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
}
