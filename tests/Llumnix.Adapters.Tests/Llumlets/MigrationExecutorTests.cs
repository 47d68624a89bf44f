using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Llumnix.Adapters.Llumlets;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Testing.Llumlets;
using Llumnix.Testing.Time;
using Microsoft.Extensions.Time.Testing;

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

    [Theory]
    [InlineData(RequestSelectRule.Requests, RequestSelectOrder.LongestRunning, -1, "NUM_REQ", "LR")]
    [InlineData(RequestSelectRule.Requests, RequestSelectOrder.LastComeRunning, 1, "NUM_REQ", "LCR")]
    [InlineData(RequestSelectRule.CacheRatio, RequestSelectOrder.FirstComeRunning, 0.25, "RATIO", "FCR")]
    [InlineData(RequestSelectRule.CacheRatio, RequestSelectOrder.FirstComeWaiting, 1, "RATIO", "FCW")]
    [InlineData(RequestSelectRule.Tokens, RequestSelectOrder.FirstComeWaitingThenShortestRunning, 7, "TOKEN", "FCWSR")]
    public void Of_Selection_HasTheWiresNames(RequestSelectRule rule, RequestSelectOrder order, double value, string type, string policy)
    {
        MigrateRequest request = MigrationRequests.Of(Pair("s", 1) with { Selection = new(rule, order, value) });
        Assert.Equal((type, policy), (request.MigrationType, request.MigrationReqPolicy));
        Assert.Equal(value, type switch { "NUM_REQ" => request.NumReqs, "TOKEN" => request.NumTokens, _ => request.KvCacheUsageRatio });
        Assert.Equal(
            type switch
            {
                "NUM_REQ" => MigrateRequest.MigrationValueOneofCase.NumReqs,
                "TOKEN" => MigrateRequest.MigrationValueOneofCase.NumTokens,
                _ => MigrateRequest.MigrationValueOneofCase.KvCacheUsageRatio,
            },
            request.MigrationValueCase);
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
    public async Task Execute_SourceKeepsFailing_IsLeftAloneForLongerAndLonger()
    {
        var time = new FakeTimeProvider();
        using var executor = new MigrationExecutor(new LlumletOptions { BackOff = TimeSpan.FromSeconds(1), MaxBackOff = TimeSpan.FromSeconds(3) }, time);
        MigrationPair pair = Pair("s", UnusedPort());
        async Task<MigrationOutcome> Next(double afterSeconds)
        {
            time.Advance(TimeSpan.FromSeconds(afterSeconds));
            return (await executor.ExecuteAsync([pair], Cancellation))[0].Outcome;
        }

        Assert.Equal(MigrationOutcome.Failed, await Next(0));
        Assert.Equal(MigrationOutcome.Failed, await Next(0)); // One failure may be chance.
        Assert.Equal(MigrationOutcome.BackingOff, await Next(0.9));
        Assert.Equal(MigrationOutcome.Failed, await Next(0.1));
        Assert.Equal(MigrationOutcome.BackingOff, await Next(1.9));
        Assert.Equal(MigrationOutcome.Failed, await Next(0.1));
        Assert.Equal(MigrationOutcome.BackingOff, await Next(2.9)); // 3 s, not 4.
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        pair = Pair("s", llumlet.Port);
        Assert.Equal(MigrationOutcome.Migrated, await Next(0.1));
        Assert.Equal(MigrationOutcome.Migrated, await Next(0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Execute_OurClockIsSetByAnHour_TheBackOffIsAsLongAsBefore(int hours)
    {
        var time = new WallClockTimeProvider();
        using var executor = new MigrationExecutor(new LlumletOptions { BackOff = TimeSpan.FromSeconds(1), MaxBackOff = TimeSpan.FromSeconds(3) }, time);
        MigrationPair pair = Pair("s", UnusedPort());
        await executor.ExecuteAsync([pair], Cancellation);
        await executor.ExecuteAsync([pair], Cancellation);
        time.SetWallClock(TimeSpan.FromHours(hours));
        Assert.Equal(MigrationOutcome.BackingOff, (await executor.ExecuteAsync([pair], Cancellation))[0].Outcome);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(MigrationOutcome.Failed, (await executor.ExecuteAsync([pair], Cancellation))[0].Outcome);
    }

    /// <summary>Under the same id, at another address or created later: what failed was another process.</summary>
    [Fact]
    public async Task Execute_SourceRestarts_ItsBackOffIsGone()
    {
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        using var executor = new MigrationExecutor(new LlumletOptions { BackOff = TimeSpan.FromHours(1), MaxBackOff = TimeSpan.FromHours(1) }, new FakeTimeProvider());
        async Task<MigrationResult> Next(MigrationPair pair) => (await executor.ExecuteAsync([pair], Cancellation))[0];
        MigrationPair dead = Pair("s", UnusedPort());
        await Next(dead);
        Assert.Equal(BackOffChange.Begins, (await Next(dead)).BackOff);
        Assert.Equal(MigrationOutcome.BackingOff, (await Next(dead)).Outcome);
        Assert.Equal(MigrationOutcome.Failed, (await Next(dead with { Source = dead.Source with { UtcCreate = 5 } })).Outcome);
        Assert.Equal(MigrationOutcome.Migrated, (await Next(Pair("s", llumlet.Port))).Outcome);
        Assert.Equal(MigrationOutcome.BackingOff, (await Next(dead)).Outcome);
    }

    [Fact]
    public async Task Execute_BackOff_TellsWhenItBeginsAndEnds()
    {
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        bool isWell = false;
        llumlet.Answer = (_, _) => isWell ? Task.FromResult(new MigrateResponse { Success = true }) : throw new RpcException(new Status(StatusCode.Internal, "broken"));
        var time = new FakeTimeProvider();
        using var executor = new MigrationExecutor(new LlumletOptions { BackOff = TimeSpan.FromSeconds(1) }, time);
        async Task<BackOffChange> Next()
        {
            time.Advance(TimeSpan.FromSeconds(30));
            return (await executor.ExecuteAsync([Pair("s", llumlet.Port)], Cancellation))[0].BackOff;
        }

        Assert.Equal(BackOffChange.None, await Next());
        Assert.Equal(BackOffChange.Begins, await Next());
        Assert.Equal(BackOffChange.None, await Next());
        isWell = true;
        Assert.Equal(BackOffChange.Ends, await Next());
        Assert.Equal(BackOffChange.None, await Next());
    }

    [Fact]
    public async Task Execute_SourcesThatAreNotCalledAnyMore_AreForgotten()
    {
        var time = new FakeTimeProvider();
        using var executor = new MigrationExecutor(new LlumletOptions { MaxBackOff = TimeSpan.FromSeconds(30) }, time);
        int gone = UnusedPort();
        await executor.ExecuteAsync([.. Enumerable.Range(0, 20).Select(i => Pair($"s{i}", gone))], Cancellation);
        Assert.Equal(20, executor.FailingSources);
        time.Advance(TimeSpan.FromSeconds(61));
        await executor.ExecuteAsync([], Cancellation);
        Assert.Equal(0, executor.FailingSources);
    }

    /// <summary>Whatever form the engines wrote: the source is called there, the destination is named as it names itself.</summary>
    [Theory]
    [InlineData("::1", "http://[::1]:9")]
    [InlineData("[::1]", "http://[::1]:9")]
    [InlineData("FD00:0:0:0:0:0:0:1", "http://[fd00::1]:9")]
    [InlineData("fe80::1%2", "http://[fe80::1%2]:9")]
    [InlineData("10.0.0.1", "http://10.0.0.1:9")]
    public void Of_IPv6Hosts_TheSourceIsCalledAndTheDestinationNamedAsWritten(string host, string expected)
    {
        MigrationPair pair = Pair("s", 9) with { Source = Metadata("s", 9) with { Ip = host }, Destination = Metadata("d", 9) with { IpKvs = host } };
        Uri address = MigrationRequests.AddressOf(pair.Source, useTls: false)!;
        Assert.Equal(expected + "/", $"{address.Scheme}://{(address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost}]" : address.IdnHost)}:{address.Port}/");
        Assert.Equal((host, 7001), (MigrationRequests.Of(pair).DstEngineIp, MigrationRequests.Of(pair).DstEnginePort));
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

    private static MigrationPair Pair(string source, int llumletPort) => new(
        "p", Metadata(source, llumletPort), Metadata("d", 1), RequestSelection.Newest);

    private static InstanceMetadata Metadata(string id, int llumletPort) => new()
    {
        InstanceId = id, InferType = InferType.Decode, Ip = "127.0.0.1", ApiServerPort = 8000, LlumletPort = llumletPort, IpKvs = "10.9.0.2", KvtPort = 7001,
    };

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Accepts connections and says the same bytes to each, or nothing.</summary>
    private sealed class RawServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Socket> _sockets = [];
        private readonly Task _accepting;

        internal RawServer(byte[] bytes)
        {
            _listener.Start();
            _accepting = AcceptAsync(bytes);
        }

        internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _accepting;
            _sockets.ForEach(socket => socket.Dispose());
        }

        private async Task AcceptAsync(byte[] bytes)
        {
            try
            {
                while (true)
                {
                    Socket socket = await _listener.AcceptSocketAsync();
                    _sockets.Add(socket);
                    await socket.SendAsync(bytes);
                }
            }
            catch (SocketException)
            {
            }
            catch (ObjectDisposedException)
            {
            }
        }
    }
}
