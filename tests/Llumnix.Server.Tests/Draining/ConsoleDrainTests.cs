using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Llumnix.Adapters.Secrets;
using Llumnix.Server.Options;
using Llumnix.Server.Tests.Leadership;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Draining;

/// <summary>Operators order drains at the console of any of several schedulers; the leader has them.</summary>
public sealed class ConsoleDrainTests
{
    private const string Instance = "10.0.0.1:8000";
    private const string Drain = $"/admin/drain?instance={Instance}";

    private static readonly ConsoleOptions Console = new() { IsEnabled = true, Port = 0, Token = new Secret("reader"), OperatorToken = new Secret("operator") };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("service")]
    public async Task Order_AtAFollower_GoesToTheLeader(string token)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis, token, console: Console);
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis, token, console: Console);
        Assert.Equal(("leader", "follower"), ((await leader.StateAsync()).Role, (await follower.StateAsync()).Role));
        using HttpClient operators = ConsoleOf(follower, "operator");

        using (HttpResponseMessage ordered = await operators.PostAsJsonAsync("/admin/drain", new { instance = Instance }, Cancellation))
        {
            Assert.Equal(HttpStatusCode.OK, ordered.StatusCode);
            Assert.Single(JsonNode.Parse(await ordered.Content.ReadAsStringAsync(Cancellation))!["drains"]!.AsArray());
        }

        using (HttpResponseMessage refused = await leader.ScheduleAsync("r1"))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        }

        await Eventually.TrueAsync(async () => (await operators.GetAsync(Drain, Cancellation)).StatusCode == HttpStatusCode.OK);
        using (HttpResponseMessage undone = await operators.DeleteAsync(Drain, Cancellation))
        {
            Assert.Equal(HttpStatusCode.OK, undone.StatusCode);
        }

        using HttpResponseMessage placed = await leader.ScheduleAsync("r2");
        Assert.Equal(HttpStatusCode.OK, placed.StatusCode);
    }

    [Fact]
    public async Task Order_AtTheLeader_IsTaken()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis, console: Console);
        using HttpClient operators = ConsoleOf(leader, "operator");
        using HttpResponseMessage ordered = await operators.PostAsJsonAsync("/admin/drain", new { instance = Instance }, Cancellation);
        Assert.Equal(HttpStatusCode.OK, ordered.StatusCode);
        using HttpResponseMessage refused = await leader.ScheduleAsync("r1");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Fact]
    public async Task Order_OfAReader_IsRefusedAtAFollower()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis, console: Console);
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis, console: Console);
        using HttpClient reader = ConsoleOf(follower, "reader");
        using HttpResponseMessage ordered = await reader.PostAsJsonAsync("/admin/drain", new { instance = Instance }, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, ordered.StatusCode);
    }

    /// <summary>The refusal of the leader is not the operator's: it says what to do.</summary>
    [Fact]
    public async Task Order_TheLeaderHasAnotherServiceToken_SaysSo()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis, "one", console: Console);
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis, "two", console: Console);
        using HttpClient operators = ConsoleOf(follower, "operator");
        using HttpResponseMessage ordered = await operators.PostAsJsonAsync("/admin/drain", new { instance = Instance }, Cancellation);
        Assert.Equal(HttpStatusCode.BadGateway, ordered.StatusCode);
        string text = await ordered.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains(leader.Host.Address.Authority, text, StringComparison.Ordinal);
        Assert.Contains("the same --service-token", text, StringComparison.Ordinal);
    }

    private static HttpClient ConsoleOf(ReplicaHost replica, string token)
    {
        var client = new HttpClient { BaseAddress = replica.Host.ConsoleAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }
}
