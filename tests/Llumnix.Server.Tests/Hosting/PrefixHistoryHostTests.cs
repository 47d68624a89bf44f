using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Redis;
using Llumnix.Protocol.Cms;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The whole server with prefix hits from its placements, over real HTTP and a real Redis.</summary>
public sealed class PrefixHistoryHostTests : IAsyncLifetime
{
    private const int Instances = 8;
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private RedisServer _redis = null!;
    private SchedulerHost _host = null!;
    private HttpClient _client = null!;
    private int _requests;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        await using ConnectionMultiplexer connection = await _redis.ConnectAsync();
        var writer = new CmsWriter(connection.GetDatabase());
        for (int i = 0; i < Instances; i++)
        {
            await writer.PutAsync(new InstanceMetadata { InstanceId = $"i{i}", InstanceType = "neutral", Ip = $"ip-{i}", ApiServerPort = 8000 });
            await writer.PutAsync(new InstanceStatus
            {
                InstanceId = $"i{i}",
                Schedulable = true,
                TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
                NumTotalGpuTokens = 100_000,
            });
        }

        _host = SchedulerHost.Build(new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Cms = new CmsOptions { Redis = new RedisOptions { Host = _redis.Host, Port = _redis.Port } },
            CacheAware = new CacheAwareOptions { IsEnabled = true, Source = CacheAwareSource.History },
        });
        await _host.StartAsync(Cancellation);
        _client = new HttpClient { BaseAddress = _host.Address };
        await Eventually.TrueAsync(() => _host.Snapshot().Instances.Count == Instances);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Schedule_TokenIds_ALongerPromptFollowsItsPrefix()
    {
        for (int conversation = 0; conversation < 10; conversation++)
        {
            int seed = 10_000 * conversation;
            string? first = await ScheduleAsync($"\"prompt_token_ids\":[{string.Join(',', Enumerable.Range(seed, 1500))}]");
            Assert.Equal(first, await ScheduleAsync($"\"prompt_token_ids\":[{string.Join(',', Enumerable.Range(seed, 1800))}]"));
        }

        string page = await _client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("request_prefix_cache_hit_percent_bucket{le=\"70\"} 10", page, StringComparison.Ordinal);
        Assert.Contains("request_prefix_cache_hit_percent_count 20", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_ChunksOfTheGateway_ALongerPromptFollowsItsPrefix()
    {
        for (int conversation = 0; conversation < 10; conversation++)
        {
            int seed = 10_000 * conversation;
            string? first = await ScheduleAsync(Chunks(seed, 6));
            Assert.Equal(first, await ScheduleAsync(Chunks(seed, 9)));
        }
    }

    private static string Chunks(int seed, int count) =>
        $"\"prompt_num_tokens\":{count * 250},\"prompt_chunks\":[{string.Join(',', Enumerable.Range(seed, count))}],\"prompt_chunk_tokens\":250";

    private async Task<string?> ScheduleAsync(string prompt)
    {
        string id = $"r{_requests++}";
        using HttpResponseMessage answer = await PostAsync("/schedule", $$"""{"id":"{{id}}","scheduling_mode":"neutral",{{prompt}}}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        JsonElement json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        string? host = json.GetProperty("scheduling_result")[0].GetProperty("endpoint").GetProperty("host").GetString();
        using HttpResponseMessage released = await PostAsync(
            "/release", $$$"""{"id":"{{{id}}}","scheduling_result":[{"endpoint":{"host":"{{{host}}}","port":8000}}]}""");
        Assert.Equal(HttpStatusCode.OK, released.StatusCode);
        return host;
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) =>
        _client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);
}
