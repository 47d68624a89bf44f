using System.Net.Http.Json;
using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Etcd;
using Llumnix.Adapters.Redis;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Llumnix.Testing.Time;
using StackExchange.Redis;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The real store of discovery answers, but nobody can write into it, or it is an empty one: list and request states stay.</summary>
public sealed class LiteModeSilentStoreTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly ShiftedTimeProvider _time = new();

    [Fact]
    public async Task Decisions_RedisIsAnEmptyOne_GoOnAndNothingIsForgotten()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await PutAsync(redis, "a", "b");
        await using SchedulerHost host = await StartAsync(Redis(redis));
        using var client = new HttpClient { BaseAddress = host.Address };
        await LoadAsync(host, client);

        await redis.RestartAsync();
        await ExpectUnforgottenAsync(host, client, "discovery answers, but it has lost all instances at once");

        await PutAsync(redis, "a", "b");
        await Eventually.TrueAsync(async () => await ReasonAsync(client) is null);
        Assert.Equal(3, host.LiteModeSnapshot().States);
    }

    [Fact]
    public async Task Decisions_NoEntryInRedisChangesAnyMore_GoOnAndNothingIsForgotten()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await PutAsync(redis, "a", "b");
        await using SchedulerHost host = await StartAsync(Redis(redis));
        using var client = new HttpClient { BaseAddress = host.Address };
        await LoadAsync(host, client);

        _time.Advance(TimeSpan.FromSeconds(61));
        await ExpectUnforgottenAsync(host, client, "discovery answers, but no entry in it changes any more");

        await PutAsync(redis, "a");
        await Eventually.TrueAsync(async () => await ReasonAsync(client) is null);
        Assert.Equal((3, 2), (host.LiteModeSnapshot().States, host.LiteModeSnapshot().Instances.Count));
    }

    [Fact]
    public async Task Decisions_EtcdIsAnEmptyOne_GoOnAndNothingIsForgotten()
    {
        await using EtcdServers etcd = await EtcdServers.StartAsync(count: 1);
        foreach (string name in (string[])["a", "b"])
        {
            await etcd.Client.PutAsync("llumnix/discovery/" + name, PodMessages.Pod(name).ToByteArray());
        }

        await using SchedulerHost host = await StartAsync(new DiscoveryOptions
        {
            Kind = DiscoveryKind.Etcd,
            Etcd = new EtcdDiscoveryOptions { Etcd = new EtcdOptions { Endpoints = etcd.Endpoints } },
        });
        using var client = new HttpClient { BaseAddress = host.Address };
        await LoadAsync(host, client);

        await etcd.RestartEmptyAsync();
        await ExpectUnforgottenAsync(host, client, "discovery answers, but it has lost all instances at once");

        await etcd.Client.PutAsync("llumnix/discovery/a", PodMessages.Pod("a").ToByteArray());
        await Eventually.TrueAsync(async () => await ReasonAsync(client) is null);
        Assert.Equal(3, host.LiteModeSnapshot().States);
    }

    private static DiscoveryOptions Redis(RedisServer redis) => new()
    {
        Kind = DiscoveryKind.Redis,
        Redis = new RedisDiscoveryOptions { Redis = new RedisOptions { Host = redis.Host, Port = redis.Port }, RefreshInterval = TimeSpan.FromMilliseconds(20) },
    };

    private static async Task LoadAsync(SchedulerHost host, HttpClient client)
    {
        await Eventually.TrueAsync(() => host.LiteModeSnapshot().Instances.Count == 2);
        await Eventually.TrueAsync(async () => await ReasonAsync(client) is null);
        Assert.Equal((ScheduleOutcome.Placed, ScheduleOutcome.Placed), (Ask(host, "r1"), Ask(host, "r2")));
        Assert.Equal(2, host.LiteModeSnapshot().States);
        await ExpectSilentAsync(client, 0);
    }

    private static async Task ExpectUnforgottenAsync(SchedulerHost host, HttpClient client, string reason)
    {
        await Eventually.TrueAsync(async () => await ReasonAsync(client) == reason);
        Assert.Equal(ScheduleOutcome.Placed, Ask(host, "r3"));
        Assert.Equal((3, 2), (host.LiteModeSnapshot().States, host.LiteModeSnapshot().Instances.Count));
        await ExpectSilentAsync(client, 1);
    }

    private static ScheduleOutcome Ask(SchedulerHost host, string id) =>
        host.Schedule(new PlacementRequest(id, SchedulingMode.Neutral, default, 10, null, "", "g"), out _);

    /// <summary>A page of metrics may be a second old.</summary>
    private static Task ExpectSilentAsync(HttpClient client, int expected) => Eventually.TrueAsync(async () =>
        (await client.GetStringAsync("/metrics", Cancellation)).Contains($"\nscheduler_discovery_silent {expected}\n", StringComparison.Ordinal));

    private static async Task<string?> ReasonAsync(HttpClient client)
    {
        using HttpResponseMessage answer = await client.GetAsync("/readyz", Cancellation);
        JsonElement report = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return answer.StatusCode == HttpStatusCode.OK ? null : report.GetProperty("reason").GetString();
    }

    private static async Task PutAsync(RedisServer redis, params string[] names)
    {
        await using ConnectionMultiplexer connection = await redis.ConnectAsync();
        foreach (string name in names)
        {
            await connection.GetDatabase().StringSetAsync("llumnix:discovery:" + name, PodMessages.Pod(name).ToByteArray());
        }
    }

    private async Task<SchedulerHost> StartAsync(DiscoveryOptions discovery)
    {
        SchedulerHost host = SchedulerHost.Build(
            new SchedulerOptions
            {
                Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
                Mode = new ModeOptions { IsFull = false },
                Dispatch = new DispatchOptions
                {
                    Neutral = new("num_tokens", 8192), Prefill = new("num_tokens", 8192), Decode = new("num_tokens", 8192),
                },
                Discovery = discovery,
            },
            _time);
        await host.StartAsync(Cancellation);
        return host;
    }
}
