using System.Globalization;
using System.Net;
using System.Text.Json;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Redis;
using Llumnix.Adapters.Secrets;
using Llumnix.Scheduling.Policies;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Leadership;

/// <summary>A scheduler in lite mode, one of several over a Redis for the lease.</summary>
internal sealed class ReplicaHost : IAsyncDisposable
{
    private ReplicaHost(SchedulerHost host, HttpClient client) => (Host, Client) = (host, client);

    public SchedulerHost Host { get; }

    public HttpClient Client { get; }

    /// <summary>Starts one, and waits until it knows the engine and, unless there will be none, the leader.</summary>
    public static async Task<ReplicaHost> StartAsync(
        RedisServer redis, string token = "", PeerOptions? peers = null, TlsFiles? tls = null, bool isLeaderExpected = true, ConsoleOptions? console = null)
    {
        int port = FreePort.Find(1)[0];
        SchedulerHost host = SchedulerHost.Build(new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = port, Token = new Secret(token), TlsCertificateFile = tls?.CertificateFile ?? "", TlsKeyFile = tls?.KeyFile ?? "" },
            Mode = new ModeOptions { IsFull = false },
            Peers = peers ?? new PeerOptions(),
            Console = console ?? new ConsoleOptions(),
            Dispatch = new DispatchOptions { Neutral = new("num_tokens", 8192), Prefill = new("num_tokens", 8192), Decode = new("num_tokens", 8192) },
            Discovery = new DiscoveryOptions
            {
                Kind = DiscoveryKind.Endpoints,
                Endpoints = [new ListedEngine("10.0.0.1", 8000)],
                Redis = new RedisDiscoveryOptions { Redis = new RedisOptions { Host = redis.Host, Port = redis.Port } },
            },
            HighAvailability = new HighAvailabilityOptions
            {
                Lease = LeaseStoreKind.Redis, LeaseTtl = TimeSpan.FromSeconds(2), AdvertiseAddress = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
            },
        });
        await host.StartAsync(TestContext.Current.CancellationToken);
        var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = static (_, _, _, _) => true }) { BaseAddress = host.Address };
        if (token.Length > 0)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        }

        var replica = new ReplicaHost(host, client);
        await Eventually.TrueAsync(async () => (!isLeaderExpected || (await replica.StateAsync()).Leader.Length > 0) && host.LiteModeSnapshot().Instances.Count == 1);
        return replica;
    }

    /// <summary>What /leaderz says.</summary>
    public async Task<(string Role, long Epoch, string Leader)> StateAsync()
    {
        using HttpResponseMessage answer = await Client.GetAsync("/leaderz", TestContext.Current.CancellationToken);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        string role = json.RootElement.GetProperty("role").GetString()!;
        Assert.Equal(role != "follower", answer.StatusCode == HttpStatusCode.OK);
        return (role, json.RootElement.GetProperty("epoch").GetInt64(), json.RootElement.GetProperty("leader").GetString()!);
    }

    /// <summary>The warning of /readyz, which must be 200; empty: none.</summary>
    public async Task<string> WarningAsync()
    {
        using JsonDocument json = JsonDocument.Parse(await Client.GetStringAsync("/readyz", TestContext.Current.CancellationToken));
        return json.RootElement.GetProperty("warning").GetString()!;
    }

    /// <summary>Asks for a placement.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="tokens">Length of its prompt.</param>
    public Task<HttpResponseMessage> ScheduleAsync(string id, int tokens = 5) => Client.PostAsync(
        "/schedule",
        new StringContent($$"""{"id":"{{id}}","gateway_id":"10.9.9.9:1","scheduling_mode":"neutral","prompt_num_tokens":{{tokens}}}"""),
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }
}
