using System.Diagnostics;
using System.Net.WebSockets;
using System.Net;
using System.Text;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Redis;
using Llumnix.Attacks.Harness;
using Llumnix.Protocol.Cms;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Attacks.Soak;

/// <summary>
/// A scheduler with its HTTP face over a real Redis. In every round half of the fleet is replaced by instances that were never there, and in
/// lite mode a gateway comes and goes. Then the metrics page has as many series as in the beginning, and nothing is accounted for.
/// </summary>
internal sealed class HostSoak(bool isFullMode, int rounds)
{
    private const int Instances = 16;
    private const int RequestsPerRound = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LinkedList<string> _fleet = [];
    private long _created;
    private long _requests;
    private int _writes;

    internal async Task<bool> RunAsync(CancellationToken cancellation)
    {
        Console.WriteLine(
            $"{(isFullMode ? "full" : "lite")} mode with HTTP and Redis, {rounds} rounds of {RequestsPerRound} requests, "
            + $"{Instances / 2} of {Instances} instances new in each");
        await using RedisServer redis = await RedisServer.StartAsync();
        using ConnectionMultiplexer connection = await redis.ConnectAsync();
        await using SchedulerHost host = SchedulerHost.Build(Options(redis.Port));
        await host.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = host.Address };
        await RoundAsync(host, client, connection.GetDatabase(), cancellation);
        int before = await CountSeriesAsync(client, cancellation);
        for (int round = 1; round <= rounds; round++)
        {
            await RoundAsync(host, client, connection.GetDatabase(), cancellation);
            if (round % Math.Max(1, rounds / 5) == 0)
            {
                Console.WriteLine($"  {round,5} rounds  {await CountSeriesAsync(client, cancellation)} series");
            }
        }

        int after = await CountSeriesAsync(client, cancellation);
        bool isZero = await UntilAsync(() => Entries(host) == 0, () => WriteAsync(connection.GetDatabase()), cancellation);
        Console.WriteLine(
            $"  {_created} instances were there; {before} series at the beginning, {after} at the end; "
            + (isZero ? "every account is at zero" : $"{Entries(host)} entries are left over"));
        return before == after && isZero;
    }

    private SchedulerOptions Options(int port)
    {
        TimeSpan often = TimeSpan.FromMilliseconds(20);
        var options = new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Mode = new ModeOptions { IsFull = isFullMode },
            Cms = new CmsOptions { Redis = new RedisOptions { Host = "127.0.0.1", Port = port }, StatusInterval = often, MetadataInterval = often },
            Discovery = new DiscoveryOptions { Redis = new RedisDiscoveryOptions { Redis = new RedisOptions { Host = "127.0.0.1", Port = port }, RefreshInterval = often } },
        };
        var tokens = new LoadCriterion("num_tokens", 1_000_000);
        return options with
        {
            Ledger = new LedgerOptions { EntryLifetime = TimeSpan.FromSeconds(1) },
            Dispatch = isFullMode ? options.Dispatch : options.Dispatch with { Neutral = tokens, Prefill = tokens, Decode = tokens },
        };
    }

    private async Task RoundAsync(SchedulerHost host, HttpClient client, IDatabase database, CancellationToken cancellation)
    {
        while (_fleet.Count > Instances / 2)
        {
            await RemoveAsync(database, _fleet.First!.Value);
            _fleet.RemoveFirst();
        }

        while (_fleet.Count < Instances)
        {
            _fleet.AddLast($"engine-{++_created}");
        }

        HashSet<string> expected = [.. _fleet.Select(id => isFullMode ? id : id + "_dp0")];
        if (!await UntilAsync(() => expected.SetEquals(Ids(host)), () => WriteAsync(database), cancellation))
        {
            throw new TimeoutException("The scheduler does not see the fleet as it is.");
        }

        using ClientWebSocket? gateway = isFullMode ? null : await ConnectAsync(host, cancellation);
        for (int i = 0; i < RequestsPerRound; i++)
        {
            await RequestAsync(client, isReleased: i % 4 > 0, cancellation);
        }

        if (gateway is not null)
        {
            await gateway.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellation);
        }
    }

    private Task RemoveAsync(IDatabase database, string id) =>
        isFullMode ? new CmsWriter(database).DeleteAsync(id) : database.KeyDeleteAsync(PodFleet.Key(id));

    /// <summary>Every engine writes, as it does all the time.</summary>
    private async Task WriteAsync(IDatabase database)
    {
        _writes++;
        if (!isFullMode)
        {
            await PodFleet.WriteAsync(database, _fleet, DateTimeOffset.UtcNow);
            return;
        }

        var writer = new CmsWriter(database);
        foreach (string id in _fleet)
        {
            var status = CmsMessages.Status(id, _writes);
            status.TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var metadata = CmsMessages.Metadata(id);
            metadata.Ip = id;
            await writer.PutAsync(metadata);
            await writer.PutAsync(status);
        }
    }

    private async Task RequestAsync(HttpClient client, bool isReleased, CancellationToken cancellation)
    {
        string body = $$"""{"id":"r{{_requests++}}","gateway_id":"10.1.0.1:{{_created}}","scheduling_mode":"neutral","prompt_num_tokens":100}""";
        using HttpResponseMessage placed = await PostAsync(client, "/schedule", body, cancellation);
        if (placed.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"The scheduler answered {(int)placed.StatusCode}.");
        }

        if (isReleased)
        {
            using HttpResponseMessage released = await PostAsync(client, "/release", await placed.Content.ReadAsStringAsync(cancellation), cancellation);
            released.EnsureSuccessStatusCode();
        }
    }

    private async Task<ClientWebSocket> ConnectAsync(SchedulerHost host, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = "/keepalive" }.Uri, cancellation);
        byte[] frame = Encoding.ASCII.GetBytes($$"""{"host":"10.1.0.1","port":{{_created}}}""");
        await socket.SendAsync(frame, WebSocketMessageType.Text, true, cancellation);
        await socket.ReceiveAsync(new byte[64], cancellation);
        return socket;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string body, CancellationToken cancellation) =>
        client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), cancellation);

    private static async Task<int> CountSeriesAsync(HttpClient client, CancellationToken cancellation)
    {
        string page = await client.GetStringAsync("/metrics", cancellation);
        return page.Split('\n').Count(static line => line.Length > 0 && line[0] != '#');
    }

    private IEnumerable<string> Ids(SchedulerHost host) => isFullMode
        ? host.Snapshot().Instances.Select(static instance => instance.Metadata.InstanceId)
        : host.LiteModeSnapshot().Instances.Select(static instance => instance.Description.Id);

    private int Entries(SchedulerHost host) => isFullMode ? host.Snapshot().LedgerEntries : host.LiteModeSnapshot().States;

    private static async Task<bool> UntilAsync(Func<bool> condition, Func<Task> meanwhile, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                return false;
            }

            await meanwhile();
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellation);
        }

        return true;
    }
}
