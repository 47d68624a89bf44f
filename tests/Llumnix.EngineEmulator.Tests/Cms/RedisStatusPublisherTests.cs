using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;
using Proto = Llumnix.Protocol.Cms;

namespace Llumnix.EngineEmulator.Tests.Cms;

public sealed class RedisStatusPublisherTests : IAsyncLifetime
{
    private RedisServer _server = null!;
    private ConnectionMultiplexer _connection = null!;
    private EngineHost _host = null!;

    private IDatabase Redis => _connection.GetDatabase();

    private HostedEngine Engine => _host.Engines[0];

    private string MetadataKey => "llumnix:instance_metadata:" + Engine.InstanceId;

    private string StatusKey => "llumnix:instance_status:" + Engine.InstanceId;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _connection = await _server.ConnectAsync();
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Stuck, InferType.Prefill, InferType.Decode);
        _host = await EngineHost.StartAsync(options with { CmsRedis = $"{_server.Host}:{_server.Port}" }, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => await Redis.KeyExistsAsync([MetadataKey, StatusKey]) == 2);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Host_Started_WritesBothKeysWithALifetime()
    {
        var metadata = Proto.InstanceMetadata.Parser.ParseFrom((byte[])(await Redis.StringGetAsync(MetadataKey))!);
        Assert.Equal((Engine.InstanceId, "prefill", "127.0.0.1", Engine.Port), (metadata.InstanceId, metadata.InstanceType, metadata.Ip, metadata.ApiServerPort));
        Assert.Equal(("127.0.0.1", Engine.Port, Engine.LlumletPort), (metadata.IpKvs, metadata.KvtPort, metadata.LlumletPort));
        Assert.Equal((16, 8192, 1, "vllm"), (metadata.BlockSize, metadata.MaxNumBatchedTokens, metadata.DataParallelSize, metadata.BackendType));
        Assert.True(metadata.UtcCreate > 0 && metadata.UtcUpdate >= metadata.UtcCreate);

        Proto.InstanceStatus status = await StatusAsync();
        Assert.Equal((Engine.InstanceId, true, 945_024, -1), (status.InstanceId, status.Schedulable, status.NumTotalGpuTokens, status.ProfilingId));
        foreach (string key in new[] { MetadataKey, StatusKey })
        {
            Assert.InRange((await Redis.KeyTimeToLiveAsync(key))!.Value.TotalSeconds, 75, 100);
        }
    }

    [Fact]
    public async Task Request_Arrives_ShowsInTheStatus()
    {
        using var client = new EngineClient(Engine);
        Task<HttpResponseMessage> call = client.SendAsync("/v1/completions", """{"prompt_num_tokens":100,"max_tokens":5}""", "7");

        await Eventually.TrueAsync(async () => (await StatusAsync()).NumRunningRequests == 1);

        Proto.InstanceStatus status = await StatusAsync();
        Assert.Equal(["cmpl-7-0"], status.RecentWaitingRequests);
        Assert.Equal((112, 100, 0), (status.NumUsedGpuTokens, status.NumUncomputedTokensSchedulerRunningPrefills, status.NumUnallocatedTokensSchedulerRunningPrefills));
        Assert.Equal((1, 100), (status.SchedulerRunningToDecodeRequestsNum, status.SchedulerRunningToDecodeTokensNum));
        await Engine.CrashAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task Faults_UnschedulableAndClockShift_ShowInTheStatus()
    {
        long before = (await StatusAsync()).TimestampMs;
        Engine.ClockShift = TimeSpan.FromHours(-1);
        Engine.Schedulable = false;

        await Eventually.TrueAsync(async () => !(await StatusAsync()).Schedulable);

        Assert.InRange((await StatusAsync()).TimestampMs - before, -3_600_000, -3_500_000);
    }

    [Fact]
    public async Task DisposeAsync_CleanEnd_DeletesTheKeys()
    {
        await _host.DisposeAsync();

        Assert.Equal(0, (int)await Redis.ExecuteAsync("DBSIZE"));
    }

    [Fact]
    public async Task CrashAsync_NoCleanEnd_LeavesTheKeys()
    {
        await Engine.CrashAsync();
        string[] keys = [MetadataKey, StatusKey];
        await _host.DisposeAsync();

        Assert.Equal(2, await Redis.KeyExistsAsync([.. keys.Select(key => (RedisKey)key)]));
        Assert.Equal(2, (int)await Redis.ExecuteAsync("DBSIZE"));
    }

    [Fact]
    public async Task Reconnect_StoreCameBackEmpty_WritesMetadataAgainAtOnce()
    {
        await _server.RestartAsync();

        // Much sooner than the 20 s between two pushes; the wait below would still be patient with them, so look at the age.
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return await Redis.KeyExistsAsync([MetadataKey, StatusKey]) == 2;
            }
            catch (RedisException)
            {
                return false;
            }
        });
        var metadata = Proto.InstanceMetadata.Parser.ParseFrom((byte[])(await Redis.StringGetAsync(MetadataKey))!);
        Assert.InRange(metadata.UtcUpdate - metadata.UtcCreate, 0, 18);
    }

    private async Task<Proto.InstanceStatus> StatusAsync() =>
        Proto.InstanceStatus.Parser.ParseFrom((byte[])(await Redis.StringGetAsync(StatusKey))!);
}
