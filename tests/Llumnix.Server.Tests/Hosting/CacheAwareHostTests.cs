using System.Net.Http.Json;
using System.Net;
using System.Text.Json;
using System.Text;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.KvStore;
using Llumnix.Adapters.Redis;
using Llumnix.Protocol.Cms;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.KvStore;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The whole server with a KV store, over real HTTP and a real Redis.</summary>
public sealed class CacheAwareHostTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly FakeMooncakeMaster _master = FakeMooncakeMaster.Start();
    private RedisServer _redis = null!;
    private SchedulerHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        await using ConnectionMultiplexer connection = await _redis.ConnectAsync();
        var writer = new CmsWriter(connection.GetDatabase());
        foreach (string id in (string[])["a", "b", "c"])
        {
            await writer.PutAsync(
                new InstanceMetadata { InstanceId = id, InstanceType = "neutral", Ip = $"ip-{id}", IpKvs = $"kvs-{id}", ApiServerPort = 8000 });
            await writer.PutAsync(
                new InstanceStatus { InstanceId = id, Schedulable = true, TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), NumTotalGpuTokens = 100_000 });
        }

        _host = SchedulerHost.Build(new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Cms = new CmsOptions { Redis = new RedisOptions { Host = _redis.Host, Port = _redis.Port } },
            CacheAware = new CacheAwareOptions { IsEnabled = true, Lookup = new PrefixLookupOptions { MinTokens = 1024, RetryTimes = 1 } },
            KvStore = new KvStoreOptions { Mooncake = new MooncakeOptions { Host = "127.0.0.1", Port = _master.Port } },
        });
        await _host.StartAsync(Cancellation);
        _client = new HttpClient { BaseAddress = _host.Address };
        await Eventually.TrueAsync(() => _host.Snapshot().Instances.Count == 3);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
        await _redis.DisposeAsync();
        await _master.DisposeAsync();
    }

    [Fact]
    public async Task Schedule_PromptThatAHostHolds_GoesThere()
    {
        uint[] prompt = [.. Enumerable.Range(0, 1500).Select(i => (uint)i * 77)];
        Hold(prompt, chunks: 4, "kvs-b");
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("ip-b", await ScheduleAsync($"r{i}", prompt));
            await ReleaseAsync($"r{i}");
        }

        string page = await _client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("request_prefix_cache_hit_percent_bucket{le=\"70\"} 3", page, StringComparison.Ordinal);
        Assert.Contains("request_prefix_cache_hit_percent_bucket{le=\"60\"} 0", page, StringComparison.Ordinal);
        Assert.Contains("request_max_prefix_cache_hit_percent_count 3", page, StringComparison.Ordinal);
        Assert.Contains("request_query_prefix_cache_hit_duration_milliseconds_count 3", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_ShortPromptOrDecodeOrNoIds_DoesNotAskTheStore()
    {
        await ScheduleAsync("r1", [1, 2, 3]);
        await ScheduleAsync("r2", []);
        uint[] prompt = [.. Enumerable.Range(0, 1500).Select(i => (uint)i)];
        await PostAsync("/schedule", $$"""{"id":"r3","scheduling_mode":"pd_staged","scheduling_stage":"decode","prompt_token_ids":[{{string.Join(',', prompt)}}]}""");
        Assert.Equal(0, _master.Questions);
    }

    [Fact]
    public async Task Schedule_StoreHangs_IsPlacedWithoutHits()
    {
        _master.Fault = _ => Task.FromResult<string?>(null);
        uint[] prompt = [.. Enumerable.Range(0, 1500).Select(i => (uint)i)];
        Assert.NotNull(await ScheduleAsync("r1", prompt));
        Assert.NotNull(await ScheduleAsync("r2", prompt));
        Assert.Equal(1, _master.Questions);
        string page = await _client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("scheduler_prefix_lookup_failed_total 1", page, StringComparison.Ordinal);
    }

    private void Hold(uint[] prompt, int chunks, string host)
    {
        ChunkKeys keys = ChunkKeys.Create(new ChunkKeyOptions());
        keys.Begin(prompt.Length);
        for (int i = 0; i < chunks; i++)
        {
            _master.Holders[keys.Next(prompt)] = [$"{host}:12345"];
        }
    }

    private async Task<string?> ScheduleAsync(string id, uint[] prompt)
    {
        using HttpResponseMessage answer = await PostAsync(
            "/schedule", $$"""{"id":"{{id}}","scheduling_mode":"neutral","prompt_token_ids":[{{string.Join(',', prompt)}}]}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        JsonElement json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return json.GetProperty("scheduling_result")[0].GetProperty("endpoint").GetProperty("host").GetString();
    }

    private async Task ReleaseAsync(string id)
    {
        using HttpResponseMessage answer = await PostAsync(
            "/release", $$$"""{"id":"{{{id}}}","scheduling_result":[{"endpoint":{"host":"ip-b","port":8000}}]}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) =>
        _client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);
}
