using Llumnix.Protocol.Resolver;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.EngineEmulator.Tests.Discovery;

public sealed class RedisPodRegistryTests : IAsyncLifetime
{
    private const string Key = "llumnix:discovery:pod-a";
    private RedisServer _server = null!;
    private ConnectionMultiplexer _connection = null!;
    private EngineHost _host = null!;

    private IDatabase Redis => _connection.GetDatabase();

    private HostedEngine Engine => _host.Engines[0];

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _connection = await _server.ConnectAsync();
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Decode);
        EmulatedEngineOptions engine = options.Engines[0] with
        {
            PodName = "pod-a", DiscoveryModel = "llama", DataParallelRank = 1, DataParallelSize = 2,
        };
        _host = await EngineHost.StartAsync(
            options with
            {
                Engines = [engine],
                DiscoveryRedis = $"{_server.Host}:{_server.Port}",
                DiscoveryInterval = TimeSpan.FromMilliseconds(20),
            },
            TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Redis.KeyExistsAsync(Key));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Host_Started_WritesItsEntryWithoutALifetime()
    {
        PodDiscoveryInfo pod = await EntryAsync();
        InstanceDiscoveryInfo instance = Assert.Single(pod.Instances);
        Assert.Equal("pod-a", pod.PodName);
        Assert.InRange(pod.TimestampMs, 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        Assert.Equal(
            ("decode", "127.0.0.1", Engine.Port, "127.0.0.1", Engine.Port, 1, 2, "llama"),
            (instance.InstanceType, instance.EntrypointIp, instance.EntrypointPort, instance.KvTransferIp, instance.KvTransferPort,
                instance.DpRank, instance.DpSize, instance.Model));
        Assert.InRange(instance.Version, 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        Assert.Null(await Redis.KeyTimeToLiveAsync(Key));
    }

    [Fact]
    public async Task Entry_TimeGoesOn_IsWrittenAnewWithTheSameVersion()
    {
        PodDiscoveryInfo before = await EntryAsync();
        await Eventually.TrueAsync(async () => (await EntryAsync()).TimestampMs > before.TimestampMs);
        Assert.Equal(before.Instances[0].Version, (await EntryAsync()).Instances[0].Version);
    }

    [Fact]
    public async Task Store_RestartedEmpty_TheEntryComesBack()
    {
        await _server.RestartAsync();
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return await Redis.KeyExistsAsync(Key);
            }
            catch (RedisException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Host_Stopped_DeletesItsEntry()
    {
        await _host.DisposeAsync();
        Assert.False(await Redis.KeyExistsAsync(Key));
    }

    [Fact]
    public async Task Engine_Crashed_LeavesItsEntryToAge()
    {
        await Engine.CrashAsync();
        PodDiscoveryInfo left = await EntryAsync();
        Assert.Equal("pod-a", left.PodName);
        await _host.DisposeAsync();
        Assert.Equal(left, await EntryAsync());
    }

    private async Task<PodDiscoveryInfo> EntryAsync() => PodDiscoveryInfo.Parser.ParseFrom((byte[])(await Redis.StringGetAsync(Key))!);
}
