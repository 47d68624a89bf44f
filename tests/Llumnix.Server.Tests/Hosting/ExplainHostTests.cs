using System.Net;
using System.Text.Json.Nodes;
using Llumnix.Adapters.Options;
using Llumnix.Protocol.Cms;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>/debug/explain over real HTTP and a real Redis.</summary>
public sealed class ExplainHostTests
{
    private const string Body = """{"id":"r","scheduling_mode":"neutral","prompt_num_tokens":5}""";
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Explain_WithTheToken_TellsAndAccountsNothing()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using (ConnectionMultiplexer connection = await redis.ConnectAsync())
        {
            await WriteAsync(new CmsWriter(connection.GetDatabase()), "a");
        }

        await using SchedulerHost host = await StartAsync(redis, "secret");
        using var client = new HttpClient { BaseAddress = host.Address };
        JsonNode? role = null;
        await Eventually.TrueAsync(async () =>
        {
            using HttpResponseMessage answer = await PostAsync(client, "Bearer secret");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            role = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["roles"]!.AsArray().Single();
            return (string?)role!["outcome"] == "placed";
        });
        Assert.Equal("a", (string?)role!["instance_id"]);
        Assert.Equal("load-balance", (string?)role["policy"]);
        JsonNode candidate = role["candidates"]!.AsArray().Single()!;
        Assert.Null((string?)candidate["dropped_by"]);
        Assert.NotNull(candidate["metrics"]!["all_prefills_tokens_num"]);
        Assert.Equal(0, host.Snapshot().LedgerEntries);
        Assert.Contains("scheduler_scheduling_total 0\n", await client.GetStringAsync("/metrics", Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "anything", HttpStatusCode.NotFound)]
    [InlineData("secret", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("secret", null, HttpStatusCode.Unauthorized)]
    public async Task Explain_WithoutTheToken_TellsNothing(string token, string? presented, HttpStatusCode expected)
    {
        await using SchedulerHost host = await StartAsync(null, token);
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage answer = await PostAsync(client, presented);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Explain_BadRequest_IsNamed()
    {
        await using SchedulerHost host = await StartAsync(null, "secret");
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage answer = await PostAsync(client, "secret", """{"id":"r","scheduling_mode":"fast"}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("scheduling_mode must be", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private static async Task WriteAsync(CmsWriter cms, string id)
    {
        await cms.PutAsync(CmsMessages.Metadata(id));
        InstanceStatus status = CmsMessages.Status(id);
        status.TimestampMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await cms.PutAsync(status);
    }

    private static async Task<SchedulerHost> StartAsync(RedisServer? redis, string token)
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            ["--host=127.0.0.1", "--port=0", "--cms-redis-host=127.0.0.1", $"--cms-redis-port={redis?.Port ?? 1}", "--service-token", token],
            SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        SchedulerHost host = SchedulerHost.Build(parsed.Options);
        await host.StartAsync(Cancellation);
        return host;
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string? token, string body = Body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/debug/explain") { Content = new StringContent(body) };
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }

        return await client.SendAsync(request, Cancellation);
    }
}
