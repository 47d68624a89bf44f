using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Llumnix.Adapters.Secrets;
using Llumnix.Server.Hosting;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Testing.Polling;

namespace Llumnix.Server.Tests.Draining;

/// <summary>/admin/drain over real HTTP, with one instance in lite mode.</summary>
public sealed class DrainHostTests
{
    private const string Instance = "10.0.0.1:8000";
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drain_FromOrderToUndo_IsToldAndObeyed()
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        JsonNode ordered = await OrderAsync(client, new JsonObject { ["instance"] = Instance });
        Assert.False((bool)ordered["safe_to_delete"]!);
        JsonNode drain = ordered["drains"]!.AsArray().Single()!;
        Assert.Equal("instance", (string?)drain["scope"]);
        JsonNode instance = drain["instances"]!.AsArray().Single()!;
        Assert.Equal("it has been empty for a moment only", (string?)instance["why_not_safe"]);
        string instanceId = host.LiteModeSnapshot().Instances[0].Description.Id;
        Assert.Equal((instanceId, instanceId, Instance), ((string?)instance["instance_id"], (string?)instance["id"], (string?)instance["address"]));
        Assert.Equal(0, (int)instance["requests"]!);
        Assert.Equal(0, (int)instance["estimated_ms_to_empty"]!);

        Assert.Equal(HttpStatusCode.TooManyRequests, await ScheduleAsync(client));
        await Eventually.TrueAsync(async () => (bool)(await TellAsync(client, $"?instance={Instance}"))["safe_to_delete"]!);
        string page = await client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("scheduler_drains 1\n", page, StringComparison.Ordinal);
        Assert.Contains($"scheduler_drain_safe_to_delete{{instance_id=\"{instanceId}\"}} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("scheduler_instances{infer_type=\"neutral\",state=\"draining\"} 1\n", page, StringComparison.Ordinal);

        using (HttpResponseMessage undone = await client.DeleteAsync($"/admin/drain?instance={Instance}", Cancellation))
        {
            Assert.Equal(HttpStatusCode.OK, undone.StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, await ScheduleAsync(client));
        Assert.Empty((await TellAsync(client, ""))["drains"]!.AsArray());
        using HttpResponseMessage again = await client.DeleteAsync($"/admin/drain?instance={Instance}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task Post_UnknownInstance_IsNotFound()
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage answer = await client.PostAsJsonAsync("/admin/drain", new { instance = "nobody" }, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal($"no instance has this name; there are: neutral-{Instance}\n", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"instance":1}""")]
    [InlineData("""{"instance":""}""")]
    [InlineData("""{"instance":"a\u0000"}""")]
    [InlineData("""{"instance":"\ud800"}""")]
    [InlineData("""{"\ud800":"a"}""")]
    [InlineData("""{"instance":"a","node":"b"}""")]
    [InlineData("""{"terminating":"a"}""")]
    [InlineData("""{"label":"a"}""")]
    [InlineData("""{"label":"=a"}""")]
    [InlineData("""{"label":"a=b,c=d"}""")]
    public async Task Post_UnusableBody_IsRefused(string body)
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using var content = new StringContent(body, null, "application/json");
        using HttpResponseMessage answer = await client.PostAsync("/admin/drain", content, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty((await TellAsync(client, ""))["drains"]!.AsArray());
    }

    /// <summary>A body that cannot be read must not cost the connection, and no line in the log as an error of the server.</summary>
    [Theory]
    [InlineData("{")]
    [InlineData("""{"instance":"\ud800"}""")]
    public async Task Post_BodyIsNotJson_ConnectionGoesOn(string body)
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        int connections = 0;
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                Interlocked.Increment(ref connections);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = host.Address };
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage answer = await client.PostAsync("/admin/drain", new StringContent(body, null, "application/json"), Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal(1, connections);
    }

    [Fact]
    public async Task Post_LongBodyOrForm_IsRefused()
    {
        await using SchedulerHost host = await LiteHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage large = await client.PostAsJsonAsync("/admin/drain", new { node = new string('x', 5000) }, Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using HttpResponseMessage form = await client.PostAsync("/admin/drain", new StringContent("""{"node":"n"}""", null, "text/plain"), Cancellation);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        using HttpResponseMessage query = await client.GetAsync("/admin/drain?instance=a&node=b", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, query.StatusCode);
    }

    [Fact]
    public async Task Any_ServiceTokenIsSet_IsNeeded()
    {
        await using SchedulerHost host = await LiteHost.StartAsync(static service => service with { Token = new Secret("secret") });
        using var client = new HttpClient { BaseAddress = host.Address };
        foreach (HttpMethod method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete })
        {
            using HttpResponseMessage answer = await client.SendAsync(new HttpRequestMessage(method, "/admin/drain"), Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer secret");
        Assert.Empty((await TellAsync(client, ""))["drains"]!.AsArray());
    }

    private static async Task<JsonNode> OrderAsync(HttpClient client, JsonObject body)
    {
        using HttpResponseMessage answer = await client.PostAsJsonAsync("/admin/drain", body, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }

    private static async Task<JsonNode> TellAsync(HttpClient client, string query) =>
        JsonNode.Parse(await client.GetStringAsync("/admin/drain" + query, Cancellation))!;

    private static async Task<HttpStatusCode> ScheduleAsync(HttpClient client)
    {
        using HttpResponseMessage answer = await client.PostAsync("/schedule", new StringContent(LiteHost.Request), Cancellation);
        return answer.StatusCode;
    }
}
