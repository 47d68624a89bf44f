using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Draining;

/// <summary>Drains over scheduler processes of which one leads, with a real Redis.</summary>
public sealed class DrainFailoverTests : IDisposable
{
    private const string Instance = "10.0.0.1:8000";
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Drain_OrderedAtAFollower_GoesOnUnderTheNextLeader(bool isKilled)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using SchedulerProcess leader = await StartAsync(redis);
        await IsLeaderAsync(leader);
        await using SchedulerProcess follower = await StartAsync(redis);
        await Eventually.TrueAsync(async () => await ScheduleAsync(follower) == HttpStatusCode.OK);

        using (HttpResponseMessage ordered = await _client.PostAsJsonAsync(At(follower, "/admin/drain"), new { instance = Instance }, _cancel))
        {
            Assert.Equal(HttpStatusCode.OK, ordered.StatusCode);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await ScheduleAsync(follower));
        Assert.NotEmpty(await DrainsAsync(leader, $"?instance={Instance}"));
        Assert.NotEmpty(await DrainsAsync(follower, $"?instance={Instance}"));
        if (isKilled)
        {
            leader.Kill();
        }
        else
        {
            leader.Terminate();
        }

        // Without a leader there is 503; a placement would be one on the draining instance.
        await Eventually.TrueAsync(async () =>
        {
            HttpStatusCode status = await ScheduleAsync(follower);
            Assert.NotEqual(HttpStatusCode.OK, status);
            return status == HttpStatusCode.TooManyRequests && await IsLeadingAsync(follower);
        });
        Assert.NotEmpty(await DrainsAsync(follower, $"?instance={Instance}"));

        await using SchedulerProcess third = await StartAsync(redis);
        await Eventually.TrueAsync(async () =>
        {
            using HttpResponseMessage undone = await _client.DeleteAsync(At(third, $"/admin/drain?instance={Instance}"), _cancel);
            return undone.StatusCode == HttpStatusCode.OK;
        });
        Assert.Empty(await DrainsAsync(follower, ""));
        Assert.Equal(HttpStatusCode.OK, await ScheduleAsync(follower));
    }

    [Fact]
    public async Task Drain_WithAnAdminPort_IsForwardedOverThePortOfTheService()
    {
        int[] ports = FreePort.Find(2);
        await using RedisServer redis = await RedisServer.StartAsync();
        await using SchedulerProcess leader = await StartAsync(redis, AdminPort(ports[0]));
        await IsLeaderAsync(leader);
        await using SchedulerProcess follower = await StartAsync(redis, AdminPort(ports[1]));
        await Eventually.TrueAsync(async () => await ScheduleAsync(follower) == HttpStatusCode.OK);

        using HttpResponseMessage ordered = await _client.PostAsJsonAsync(At(ports[1], "/admin/drain"), new { node = "n" }, _cancel);
        Assert.Equal(HttpStatusCode.OK, ordered.StatusCode);
        JsonNode told = JsonNode.Parse(await _client.GetStringAsync(At(ports[0], "/admin/drain"), _cancel))!;
        Assert.Equal("n", (string?)told["drains"]!.AsArray().Single()!["value"]);
    }

    private static string AdminPort(int port) => string.Create(CultureInfo.InvariantCulture, $"--admin-port={port}");

    private static Task<SchedulerProcess> StartAsync(RedisServer redis, params string[] more)
    {
        int port = FreePort.Find(1)[0];
        return SchedulerProcess.StartLiteAtAsync(
        port,
        [
            "--ha-lease=redis", "--ha-lease-ttl-ms=2000", "--discovery-redis-host=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--discovery-redis-port={redis.Port}"),
            string.Create(CultureInfo.InvariantCulture, $"--ha-advertise-address=127.0.0.1:{port}"),
            .. more,
        ]);
    }

    private static Uri At(SchedulerProcess scheduler, string path) => At(scheduler.Port, path);

    private static Uri At(int port, string path) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{path}"));

    private Task IsLeaderAsync(SchedulerProcess scheduler) => Eventually.TrueAsync(() => IsLeadingAsync(scheduler));

    private async Task<bool> IsLeadingAsync(SchedulerProcess scheduler)
    {
        using HttpResponseMessage answer = await _client.GetAsync(At(scheduler, "/leaderz"), _cancel);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private async Task<HttpStatusCode> ScheduleAsync(SchedulerProcess scheduler)
    {
        using HttpResponseMessage answer = await _client.PostAsync(At(scheduler, "/schedule"), new StringContent(LiteHost.Request), _cancel);
        return answer.StatusCode;
    }

    private async Task<JsonArray> DrainsAsync(SchedulerProcess scheduler, string query) =>
        JsonNode.Parse(await _client.GetStringAsync(At(scheduler, "/admin/drain" + query), _cancel))!["drains"]!.AsArray();
}
