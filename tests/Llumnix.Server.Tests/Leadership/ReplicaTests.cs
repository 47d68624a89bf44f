using System.Net;
using System.Net.WebSockets;
using System.Text;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Leadership;

/// <summary>Several whole schedulers over a real Redis.</summary>
public sealed class ReplicaTests
{
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_AtAFollower_AreTheLeaders()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis, "secret");
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis, "secret");

        Assert.Equal(("leader", "follower"), ((await leader.StateAsync()).Role, (await follower.StateAsync()).Role));
        using HttpResponseMessage placed = await follower.ScheduleAsync("r");
        string json = await placed.Content.ReadAsStringAsync(_cancel);
        Assert.Equal(HttpStatusCode.OK, placed.StatusCode);
        Assert.Equal("application/json", placed.Content.Headers.ContentType!.MediaType);
        Assert.Equal([$"{(await leader.StateAsync()).Epoch}"], placed.Headers.GetValues("Llumnix-Epoch"));
        Assert.Equal((1, 0), (leader.Host.LiteModeSnapshot().States, follower.Host.LiteModeSnapshot().States));

        using HttpResponseMessage released = await follower.Client.PostAsync("/release", new StringContent(json), _cancel);
        Assert.Equal(HttpStatusCode.OK, released.StatusCode);
        Assert.Equal(0, leader.Host.LiteModeSnapshot().States);

        using HttpResponseMessage bad = await follower.Client.PostAsync("/schedule", new StringContent("{"), _cancel);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        string metrics = await follower.Client.GetStringAsync("/metrics", _cancel);
        Assert.Contains("scheduler_forwarded_total{outcome=\"answered\"} 3", metrics, StringComparison.Ordinal);
        Assert.Contains("scheduler_is_leader 0", metrics, StringComparison.Ordinal);
        Assert.Contains("scheduler_is_leader 1", await leader.Client.GetStringAsync("/metrics", _cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_AtAFollowerOverTls_AreTheLeaders()
    {
        using var files = new TlsFiles();
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis, tls: files);
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis, tls: files);

        using HttpResponseMessage placed = await follower.ScheduleAsync("r");

        Assert.Equal(HttpStatusCode.OK, placed.StatusCode);
        Assert.StartsWith("https://", (await follower.StateAsync()).Leader, StringComparison.Ordinal);
        Assert.Equal((1, 0), (leader.Host.LiteModeSnapshot().States, follower.Host.LiteModeSnapshot().States));
    }

    /// <summary>A leader whose certificate neither an authority vouches for nor the follower has itself may be anybody.</summary>
    [Fact]
    public async Task Requests_AtAFollowerWithAnotherCertificate_AreNotForwarded()
    {
        using var files = new TlsFiles();
        using var others = new TlsFiles();
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis, tls: files);
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis, tls: others);

        using HttpResponseMessage answer = await follower.ScheduleAsync("r");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(0, leader.Host.LiteModeSnapshot().States);
    }

    [Fact]
    public async Task Readyz_EachReplica_IsReadyAndTellsItsRole()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis);
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis);

        Assert.Contains("\"role\":\"leader\"", await leader.Client.GetStringAsync("/readyz", _cancel), StringComparison.Ordinal);
        Assert.Contains("\"role\":\"follower\"", await follower.Client.GetStringAsync("/readyz", _cancel), StringComparison.Ordinal);
        Assert.Equal(("", ""), (await leader.WarningAsync(), await follower.WarningAsync()));
    }

    /// <summary>It is ready all the same, so that a rollout does not wait for a leader; but it answers 503 to all gateways.</summary>
    [Fact]
    public async Task Readyz_StoreNeverReached_WarnsThatThereIsNoLeaderSinceWhenAndWhy()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using ReplicaHost alone = await ReplicaHost.StartAsync(redis, isLeaderExpected: false);

        string warning = "";
        await Eventually.TrueAsync(async () => (warning = await alone.WarningAsync()).Contains("not reached", StringComparison.Ordinal));
        Assert.Matches(@"^no leader is known since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ; the store of leases is not reached: .+$", warning);
        Assert.Equal(warning.Split(';')[0], (await alone.WarningAsync()).Split(';')[0]);

        await redis.RestartAsync();
        await Eventually.TrueAsync(async () => await alone.WarningAsync() == "");
        Assert.Equal("leader", (await alone.StateAsync()).Role);
    }

    [Fact]
    public async Task Request_ForwardedToAFollower_IsNotForwardedAgain()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis);
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis);
        follower.Client.DefaultRequestHeaders.Add("Llumnix-Forwarded-By", "x");

        using HttpResponseMessage answer = await follower.ScheduleAsync("r");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.True(answer.Headers.Contains("Llumnix-Not-Leading"));
        Assert.Equal("this replica does not lead\n", await answer.Content.ReadAsStringAsync(_cancel));
    }

    [Fact]
    public async Task Readyz_TokenThatTheLeaderRefuses_WarnsAtTheFollowerAlone()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis, token: "right");
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis, token: "wrong");

        string address = (await follower.StateAsync()).Leader;
        await Eventually.TrueAsync(async () =>
            await follower.WarningAsync() == $"the leader {address} refuses the service token of this replica: give all replicas the same --service-token");
        Assert.Equal("", await leader.WarningAsync());
    }

    [Fact]
    public async Task Replica_WithoutTheToken_IsRefused()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis, "secret");
        leader.Client.DefaultRequestHeaders.Clear();

        using HttpResponseMessage answer = await leader.Client.PostAsync("/replica", new StringContent("{\"id\":\"x\"}"), _cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"x\",\"gateways\":null}")]
    [InlineData("{\"id\":\"x\",\"gateways\":[null]}")]
    [InlineData("{\"id\":\"x\",\"gateways\":[{\"id\":null}]}")]
    public async Task Replica_NoReport_IsRefused(string body)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis);

        using HttpResponseMessage answer = await leader.Client.PostAsync("/replica", new StringContent(body), _cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Gateway_AtAFollower_IsConnectedForTheLeader()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis);
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(follower.Client.BaseAddress!) { Scheme = "ws", Path = "/keepalive" }.Uri, _cancel);
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"host":"10.9.9.9","port":1}"""), WebSocketMessageType.Text, true, _cancel);
        await Eventually.TrueAsync(() => leader.Host.LiteModeSnapshot().ConnectedGateways == 1);
        using HttpResponseMessage placed = await follower.ScheduleAsync("r");
        Assert.Equal(1, leader.Host.LiteModeSnapshot().States);

        socket.Abort();

        await Eventually.TrueAsync(() => leader.Host.LiteModeSnapshot().ConnectedGateways == 0);
        await Eventually.TrueAsync(() => leader.Host.LiteModeSnapshot().States == 0);
    }

    [Fact]
    public async Task Stop_OfTheLeader_TheFollowerDecidesWithALaterEpoch()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis);
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis);
        long epoch = (await leader.StateAsync()).Epoch;

        await leader.Host.StopAsync(_cancel);
        await Eventually.TrueAsync(async () => (await follower.StateAsync()).Role == "leader");

        using HttpResponseMessage placed = await follower.ScheduleAsync("r");
        Assert.Equal(HttpStatusCode.OK, placed.StatusCode);
        Assert.True((await follower.StateAsync()).Epoch > epoch);
    }

    [Fact]
    public async Task Store_Killed_LeaderIsFrozenAndAnswersAllUntilItIsBack()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ReplicaHost leader = await ReplicaHost.StartAsync(redis);
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis);

        await redis.KillAsync();
        await Eventually.TrueAsync(async () => (await leader.StateAsync()).Role == "frozen");
        using HttpResponseMessage placed = await follower.ScheduleAsync("r");
        Assert.Equal(HttpStatusCode.OK, placed.StatusCode);
        Assert.Contains("scheduler_lease_frozen 1", await leader.Client.GetStringAsync("/metrics", _cancel), StringComparison.Ordinal);
        Assert.StartsWith("the lease is frozen; the store of leases is not reached: ", await leader.WarningAsync(), StringComparison.Ordinal);
        Assert.StartsWith("the store of leases is not reached: ", await follower.WarningAsync(), StringComparison.Ordinal);

        await redis.RestartAsync();
        await Eventually.TrueAsync(async () => (await leader.StateAsync()).Role == "leader");
        Assert.Equal("follower", (await follower.StateAsync()).Role);
        await Eventually.TrueAsync(async () => (await leader.WarningAsync(), await follower.WarningAsync()) == ("", ""));
    }
}
