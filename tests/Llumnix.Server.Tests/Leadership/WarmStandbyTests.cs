using System.Globalization;
using System.Net;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Options;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Leadership;

/// <summary>Schedulers of which one leads, over a real Redis, that stream their placements to each other; they find each other by the lease.</summary>
public sealed class WarmStandbyTests
{
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ChangeOfTheLeader_EntriesOfTheOldOne_AreThoseOfTheNewOne(bool isKilled)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        int[] ports = FreePort.Find(3);
        await using SchedulerProcess leader = await SchedulerProcess.StartLiteAtAsync(
            ports[0],
            "--ha-lease=redis", "--ha-lease-ttl-ms=2000", "--discovery-redis-host=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--discovery-redis-port={redis.Port}"),
            string.Create(CultureInfo.InvariantCulture, $"--ha-advertise-address=127.0.0.1:{ports[0]}"),
            string.Create(CultureInfo.InvariantCulture, $"--ha-port={ports[1]}"));
        await Eventually.TrueAsync(() => leader.Lines.Any(static line => line.Contains("Lease llumnix-scheduler: Leader", StringComparison.Ordinal)));
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis, peers: new PeerOptions { Port = ports[2] });
        Assert.Equal("follower", (await follower.StateAsync()).Role);
        long epoch = (await follower.StateAsync()).Epoch;
        Dictionary<string, (int Tokens, string Placement)> entries = [];
        await ScheduleAsync(follower, entries, "first", 7);
        await Eventually.TrueAsync(() => Tracked(follower) == LoadOf(entries));
        for (int i = 0; i < 50; i++)
        {
            await ScheduleAsync(follower, entries, string.Create(CultureInfo.InvariantCulture, $"r{i}"), 10 + i);
            if (i % 3 == 0)
            {
                await ReleaseAsync(follower, entries, string.Create(CultureInfo.InvariantCulture, $"r{i}"));
            }
        }

        if (isKilled)
        {
            // A crash loses what is on its way.
            await Eventually.TrueAsync(() => Tracked(follower) == LoadOf(entries));
            leader.Kill();
        }
        else
        {
            leader.Terminate();
        }

        await Eventually.TrueAsync(async () => (await follower.StateAsync()).Role == "leader");
        await Eventually.TrueAsync(() => Tracked(follower) == LoadOf(entries));
        Assert.True((await follower.StateAsync()).Epoch > epoch);

        // They are the same requests: a release of each leaves nothing but the new one.
        await ScheduleAsync(follower, entries, "new", 1000);
        foreach (string id in entries.Keys.Where(static id => id != "new").ToArray())
        {
            await ReleaseAsync(follower, entries, id);
        }

        await Eventually.TrueAsync(() => Tracked(follower) == new TrackedLoad(1, 1000, 1, 1000));
    }

    [Fact]
    public async Task Stop_OfTheLeader_TellsWhatWaitsForItsBatch()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        int[] ports = FreePort.Find(2);
        await using ReplicaHost leader = await ReplicaHost.StartAsync(
            redis, peers: new PeerOptions { Port = ports[0], BatchInterval = TimeSpan.FromSeconds(2), FlushBound = TimeSpan.FromSeconds(30) });
        await using ReplicaHost follower = await ReplicaHost.StartAsync(redis, peers: new PeerOptions { Port = ports[1] });
        Dictionary<string, (int Tokens, string Placement)> entries = [];
        await ScheduleAsync(follower, entries, "first", 7);
        await Eventually.TrueAsync(() => Tracked(follower) == LoadOf(entries));
        await ScheduleAsync(follower, entries, "a", 8);
        await ScheduleAsync(follower, entries, "b", 9);

        await leader.Host.StopAsync(_cancel);

        Assert.Equal(LoadOf(entries), Tracked(follower));
    }

    private static TrackedLoad Tracked(ReplicaHost replica) => replica.Host.LiteModeSnapshot().Instances[0].Tracked;

    private static TrackedLoad LoadOf(Dictionary<string, (int Tokens, string Placement)> entries)
    {
        int tokens = entries.Values.Sum(static entry => entry.Tokens);
        return new TrackedLoad(entries.Count, tokens, entries.Count, tokens);
    }

    private async Task ScheduleAsync(ReplicaHost replica, Dictionary<string, (int Tokens, string Placement)> entries, string id, int tokens)
    {
        using HttpResponseMessage answer = await replica.ScheduleAsync(id, tokens);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        entries.Add(id, (tokens, await answer.Content.ReadAsStringAsync(_cancel)));
    }

    private async Task ReleaseAsync(ReplicaHost replica, Dictionary<string, (int Tokens, string Placement)> entries, string id)
    {
        using HttpResponseMessage answer = await replica.Client.PostAsync("/release", new StringContent(entries[id].Placement), _cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        entries.Remove(id);
    }
}
