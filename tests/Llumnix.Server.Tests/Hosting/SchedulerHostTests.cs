using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Net;
using System.Text.Json;
using System.Text;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Redis;
using Llumnix.Adapters.Secrets;
using Llumnix.Protocol.Cms;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The whole server over real HTTP and a real Redis.</summary>
public sealed class SchedulerHostTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Schedule_FullModeFromRedis_AnswersAsTheWireContractSays()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await WriteAsync(redis, "a", "neutral");
        await using SchedulerHost host = await StartAsync(redis);
        using var client = new HttpClient { BaseAddress = host.Address };
        await UntilReadyAsync(client);

        using HttpResponseMessage answer = await client.PostAsync("/schedule", Json(
            """{"id":"r \"1\" é","model":"m","gateway_id":"h:1","scheduling_mode":"neutral","prompt_num_tokens":12,"prompt_token_ids":[1,2]}"""), Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal("r \"1\" é", json.RootElement.GetProperty("id").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("prompt_token_ids").ValueKind);
        Assert.Equal(12, json.RootElement.GetProperty("prompt_num_tokens").GetInt32());
        JsonElement instance = json.RootElement.GetProperty("scheduling_result").EnumerateArray().Single();
        Assert.Equal(
            """{"version":0,"id":"10.0.0.1_instance1_2","model":"","infer_type":"neutral","endpoint":{"host":"10.0.0.1","port":8000},"aux_ip":"10.2.0.1","aux_port":9100,"dp_rank":1,"dp_size":2}""",
            instance.GetRawText());
        Assert.Equal(1, host.Snapshot().LedgerEntries);

        using HttpResponseMessage release = await client.PostAsync("/release", new StringContent(json.RootElement.GetRawText()), Cancellation);
        Assert.Equal(HttpStatusCode.OK, release.StatusCode);
        Assert.Equal(0, host.Snapshot().LedgerEntries);
    }

    [Fact]
    public async Task Api_EveryRefusal_ItsStatusAndText()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await WriteAsync(redis, "a", "neutral", schedulable: false);
        await using SchedulerHost host = await StartAsync(redis);
        using var client = new HttpClient { BaseAddress = host.Address };
        await UntilReadyAsync(client);

        await ExpectAsync(client, Post("/schedule", Request("neutral")), 429, "no available endpoint\n");
        await ExpectAsync(client, Post("/schedule", Request("pd_batch")), 404, "endpoint not found\n");
        await ExpectAsync(client, Post("/schedule", "{"), 400, null);
        await ExpectAsync(client, Post("/release", Request("neutral")), 400, "scheduling_result lists no instance\n");
        await ExpectAsync(client, new HttpRequestMessage(HttpMethod.Get, "/schedule"), 405, null);
        await ExpectAsync(client, new HttpRequestMessage(HttpMethod.Get, "/nothing"), 404, null);
        await ExpectAsync(client, new HttpRequestMessage(HttpMethod.Get, "/healthz"), 200, "ok\n");

        HttpRequestMessage problem = Post("/schedule", Request("neutral"));
        problem.Headers.Add("Accept", "application/json");
        await ExpectAsync(client, problem, 429, """{"type":"about:blank","title":"no available endpoint","status":429}""");
    }

    /// <summary>429, since gateways place a request by themselves at any other status, and ask again for a few seconds only.</summary>
    [Fact]
    public async Task Schedule_PromptLongerThanAnyKvCache_429WithTheReason()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await WriteAsync(redis, "a", "neutral");
        await using SchedulerHost host = await StartAsync(redis);
        using var client = new HttpClient { BaseAddress = host.Address };
        await UntilReadyAsync(client);
        using HttpResponseMessage answer = await client.SendAsync(
            Post("/schedule", """{"id":"r","scheduling_mode":"neutral","prompt_num_tokens":100001}"""), Cancellation);
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.Equal(
            "the prompt of 100001 tokens is longer than the whole KV cache of every instance\n", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Null(answer.Headers.RetryAfter);
        Assert.Contains(
            "scheduler_scheduling_failed_total{error_type=\"prompt_too_long\"} 1",
            await client.GetStringAsync("/metrics", Cancellation),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_BodyOverTheLimit_400()
    {
        await using SchedulerHost host = await StartAsync(redis: null);
        using var client = new HttpClient { BaseAddress = host.Address };
        string body = $"{{\"id\":\"{new string('x', 17 * 1024 * 1024)}\"}}";
        using HttpResponseMessage answer = await client.SendAsync(Post("/schedule", body), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("the body is larger than", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_LargePromptOfTokenIds_IsRead()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await WriteAsync(redis, "a", "neutral", kvCapacity: 1_000_000);
        await using SchedulerHost host = await StartAsync(redis);
        using var client = new HttpClient { BaseAddress = host.Address };
        await UntilReadyAsync(client);
        string ids = string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => 100_000 + (i % 7)));
        using HttpResponseMessage answer = await client.SendAsync(
            Post("/schedule", $$"""{"id":"r","scheduling_mode":"neutral","prompt_token_ids":[{{ids}}]}"""), Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1_000_000, host.Snapshot().Instances.Single().Dispatched.UncomputedPrefillTokens);
    }

    [Fact]
    public async Task Api_ServiceToken_GuardsWhatChangesState()
    {
        await using SchedulerHost host = await StartAsync(redis: null, o => o with { Service = o.Service with { Token = new Secret("s3cret") } });
        using var client = new HttpClient { BaseAddress = host.Address };
        await ExpectAsync(client, Post("/schedule", Request("neutral")), 401, "unauthorized\n");
        await ExpectAsync(client, Post("/release", Request("neutral")), 401, "unauthorized\n");
        await ExpectAsync(client, new HttpRequestMessage(HttpMethod.Get, "/metrics"), 200, null);
        HttpRequestMessage admitted = Post("/schedule", Request("neutral"));
        admitted.Headers.TryAddWithoutValidation("Authorization", "s3cret");
        await ExpectAsync(client, admitted, 503, "cms not available\n");
    }

    [Fact]
    public async Task Api_FullMode_ReportsAndKeepAliveHaveNoEffect()
    {
        await using SchedulerHost host = await StartAsync(redis: null);
        using var client = new HttpClient { BaseAddress = host.Address };
        await ExpectAsync(client, Post("/report", """[{"id":"r","instance_id":"i"}]"""), 200, "");
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = "/keepalive" }.Uri, Cancellation);
        await socket.SendAsync("""{"host":"h","port":1}"""u8.ToArray(), WebSocketMessageType.Text, true, Cancellation);
        byte[] answer = new byte[8];
        Assert.Equal(2, (await socket.ReceiveAsync(answer, Cancellation)).Count);
        Assert.Equal("ok"u8, answer.AsSpan(0, 2));
    }

    [Fact]
    public async Task Readyz_NoStore_503WithAReason()
    {
        await using SchedulerHost host = await StartAsync(redis: null);
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage answer = await client.GetAsync("/readyz", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        JsonElement report = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.False(report.GetProperty("is_ready").GetBoolean());
        Assert.StartsWith("the CMS does not answer", report.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_InstanceLeaves_ItsSeriesGoAlong()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await WriteAsync(redis, "a", "neutral");
        await using SchedulerHost host = await StartAsync(redis);
        using var client = new HttpClient { BaseAddress = host.Address };
        await UntilReadyAsync(client);
        await client.SendAsync(Post("/schedule", Request("neutral")), Cancellation);
        string page = await client.GetStringAsync("/metrics", Cancellation);
        string[] expected =
        [
            "scheduler_scheduling_total 1",
            "instance_cms_used_gpu_tokens{instance_id=\"a\",infer_type=\"neutral\"} 77",
            "instance_cms_inflight_dispatch_requests{instance_id=\"a\",infer_type=\"neutral\"} 1",
            "scheduler_instances{infer_type=\"neutral\",state=\"ok\"} 1",
            "scheduler_ledger_entries 1",
            "scheduler_cms_available 1",
            "selected_instance_decode_batch_size_count{infer_type=\"neutral\"} 1",
            "request_full_mode_schedule_duration_milliseconds_count 1",
            "scheduler_cms_refresh_status_duration_milliseconds_count",
            "scheduler_scheduling_failed_total{error_type=\"no_available_endpoint\"} 0",
            "uptime_seconds",
        ];
        Assert.All(expected, line => Assert.Contains(line, page, StringComparison.Ordinal));

        using ConnectionMultiplexer connection = await redis.ConnectAsync();
        await connection.GetDatabase().KeyDeleteAsync(CmsWriter.StatusKey("a"));
        await Eventually.TrueAsync(() => host.Snapshot().Instances.Count == 0);
        // A page is good for a second.
        await Eventually.TrueAsync(async () =>
            !(await client.GetStringAsync("/metrics", Cancellation)).Contains("instance_id=\"a\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_RequestUnderWay_IsFinished()
    {
        SchedulerHost host = await StartAsync(redis: null);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, host.Address.Port, Cancellation);
        NetworkStream stream = socket.GetStream();
        using var reader = new StreamReader(stream);
        string body = Request("neutral");
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /schedule HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {body.Length}\r\n\r\n"), Cancellation);

        // It is told once the body is asked for, so the request is under way.
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync(Cancellation));
        Assert.Equal("", await reader.ReadLineAsync(Cancellation));
        Task stopping = host.StopAsync(Cancellation);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(body), Cancellation);
        Assert.Equal("HTTP/1.1 503 Service Unavailable", await reader.ReadLineAsync(Cancellation));
        await stopping;
        await host.DisposeAsync();
    }

    private static async Task<SchedulerHost> StartAsync(RedisServer? redis, Func<SchedulerOptions, SchedulerOptions>? change = null)
    {
        var options = new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Cms = new CmsOptions
            {
                Redis = new RedisOptions { Host = "127.0.0.1", Port = redis?.Port ?? 1 },
                StatusInterval = TimeSpan.FromMilliseconds(20),
            },
        };
        SchedulerHost host = SchedulerHost.Build(change?.Invoke(options) ?? options);
        await host.StartAsync(Cancellation);
        return host;
    }

    private static async Task WriteAsync(RedisServer redis, string id, string type, bool schedulable = true, int kvCapacity = 100_000)
    {
        using ConnectionMultiplexer connection = await redis.ConnectAsync();
        var writer = new CmsWriter(connection.GetDatabase());
        InstanceMetadata metadata = CmsMessages.Metadata(id);
        metadata.InstanceType = type;
        InstanceStatus status = CmsMessages.Status(id);
        status.Schedulable = schedulable;
        status.TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        status.NumUsedGpuTokens = 77;
        status.NumTotalGpuTokens = kvCapacity;
        await writer.PutAsync(metadata);
        await writer.PutAsync(status);
    }

    private static string Request(string mode) => $$"""{"id":"r","scheduling_mode":"{{mode}}","prompt_num_tokens":5}""";

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static HttpRequestMessage Post(string path, string body) => new(HttpMethod.Post, path) { Content = Json(body) };

    private static async Task ExpectAsync(HttpClient client, HttpRequestMessage request, int status, string? body)
    {
        using HttpResponseMessage answer = await client.SendAsync(request, Cancellation);
        Assert.Equal(status, (int)answer.StatusCode);
        if (body is not null)
        {
            Assert.Equal(body, await answer.Content.ReadAsStringAsync(Cancellation));
        }
    }

    private static Task UntilReadyAsync(HttpClient client) =>
        Eventually.TrueAsync(async () => (await client.GetAsync("/readyz", Cancellation)).StatusCode == HttpStatusCode.OK);
}
