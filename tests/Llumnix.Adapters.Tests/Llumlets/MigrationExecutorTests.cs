using Grpc.Core;
using Llumnix.Adapters.Llumlets;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Testing.Llumlets;
using static Llumnix.Adapters.Tests.Llumlets.MigrationPairs;

namespace Llumnix.Adapters.Tests.Llumlets;

public sealed class MigrationExecutorTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_Pair_IsAskedOfTheSourceAsTheWireSays()
    {
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        using var executor = new MigrationExecutor(new LlumletOptions(), TimeProvider.System);
        MigrationPair pair = Pair("s", llumlet.Port) with { Policy = "decode_load", Selection = new(RequestSelectRule.Tokens, RequestSelectOrder.ShortestRunning, 1024) };
        MigrationResult result = Assert.Single(await executor.ExecuteAsync([pair], Cancellation));
        Assert.Equal(MigrationOutcome.Migrated, result.Outcome);
        Assert.Equal(
            new MigrateRequest
            {
                SrcEngineId = "s", DstEngineId = "d", DstEngineIp = "10.9.0.2", DstEnginePort = 7001,
                MigrationType = "TOKEN", MigrationReqPolicy = "SR", NumTokens = 1024, TriggerPolicy = "decode_load",
            },
            Assert.Single(llumlet.Requests));
    }

    [Fact]
    public async Task Execute_OneOfEachFault_CostsItsOwnPairOnly()
    {
        await using FakeLlumlet good = await FakeLlumlet.StartAsync();
        await using FakeLlumlet refusing = await FakeLlumlet.StartAsync();
        await using FakeLlumlet throwing = await FakeLlumlet.StartAsync();
        await using FakeLlumlet hanging = await FakeLlumlet.StartAsync();
        await using var garbage = new RawServer("HTTP/1.1 200 OK\r\n\r\nnot HTTP/2 at all"u8.ToArray());
        await using var silent = new RawServer([]);
        refusing.Answer = (_, _) => Task.FromResult(new MigrateResponse { Success = false, Message = "no slot" });
        throwing.Answer = (_, _) => throw new RpcException(new Status(StatusCode.ResourceExhausted, "no slot"));
        hanging.Answer = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new MigrateResponse();
        };
        using var executor = new MigrationExecutor(new LlumletOptions { Timeout = TimeSpan.FromSeconds(2) }, TimeProvider.System);
        int gone = UnusedPort();
        MigrationResult[] results = await executor.ExecuteAsync(
            [
                Pair("good", good.Port), Pair("refusing", refusing.Port), Pair("throwing", throwing.Port), Pair("hanging", hanging.Port),
                Pair("garbage", garbage.Port), Pair("silent", silent.Port), Pair("gone", gone), Pair("unknown", 0), Pair("good too", good.Port),
            ],
            Cancellation);
        Assert.Equal(
            [
                MigrationOutcome.Migrated, MigrationOutcome.Refused, MigrationOutcome.Refused, MigrationOutcome.TimedOut,
                MigrationOutcome.Failed, MigrationOutcome.TimedOut, MigrationOutcome.Failed, MigrationOutcome.Failed, MigrationOutcome.Migrated,
            ],
            results.Select(result => result.Outcome));
        Assert.Equal("no slot", results[1].Message);
        Assert.Equal("ResourceExhausted: no slot", results[2].Message);
        Assert.Equal("no answer within 2 s", results[3].Message);
        Assert.Contains("name no llumlet", results[7].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_MoreSourcesThanConnections_TheOldestIdleOneMakesRoom()
    {
        await using FakeLlumlet a = await FakeLlumlet.StartAsync();
        await using FakeLlumlet b = await FakeLlumlet.StartAsync();
        await using FakeLlumlet c = await FakeLlumlet.StartAsync();
        using var executor = new MigrationExecutor(new LlumletOptions { PoolSize = 2 }, TimeProvider.System);
        foreach (FakeLlumlet llumlet in (FakeLlumlet[])[a, b, a, c, a, b])
        {
            await executor.ExecuteAsync([Pair("s", llumlet.Port)], Cancellation);
            Assert.InRange(executor.Connections, 1, 2);
        }

        Assert.Equal((1, 2, 1), (a.Peers.Count, b.Peers.Count, c.Peers.Count));
    }

    [Fact]
    public async Task Execute_AllConnectionsBusy_ThatPairFailsClearly()
    {
        await using FakeLlumlet slow = await FakeLlumlet.StartAsync();
        await using FakeLlumlet other = await FakeLlumlet.StartAsync();
        var release = new TaskCompletionSource<MigrateResponse>();
        slow.Answer = (_, _) => release.Task;
        using var executor = new MigrationExecutor(new LlumletOptions { PoolSize = 1 }, TimeProvider.System);
        Task<MigrationResult[]> running = executor.ExecuteAsync([Pair("slow", slow.Port), Pair("other", other.Port)], Cancellation);
        release.SetResult(new MigrateResponse { Success = true });
        MigrationResult[] results = await running;
        Assert.Equal([MigrationOutcome.Migrated, MigrationOutcome.PoolBusy], results.Select(r => r.Outcome));
        Assert.Equal("all 1 connections to llumlets are in use; --llumlet-grpc-connection-pool-size allows more", results[1].Message);
    }

    [Fact]
    public async Task Execute_Cancelled_EndsAtOnce()
    {
        await using FakeLlumlet hanging = await FakeLlumlet.StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        hanging.Answer = async (_, context) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new MigrateResponse();
        };
        using var executor = new MigrationExecutor(new LlumletOptions { Timeout = TimeSpan.FromHours(1) }, TimeProvider.System);
        Assert.Equal(MigrationOutcome.Cancelled, (await executor.ExecuteAsync([Pair("s", hanging.Port)], stop.Token))[0].Outcome);
    }
}
