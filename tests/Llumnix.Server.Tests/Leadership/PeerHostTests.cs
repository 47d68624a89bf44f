using System.Net;
using Llumnix.Adapters.Secrets;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Leadership;

/// <summary>Whole servers that tell each other of their placements over real connections.</summary>
public sealed class PeerHostTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Schedule_AtEither_CountsAtBothUntilItsRelease()
    {
        int[] ports = FreePort.Find(2);
        await using SchedulerHost first = await StartAsync(ports, 0);
        await using SchedulerHost second = await StartAsync(ports, 1);
        Schedule(first, "a", 30);
        Schedule(second, "b", 12);
        await CountsAsync(first, new TrackedLoad(2, 42, 2, 42));
        await CountsAsync(second, new TrackedLoad(2, 42, 2, 42));

        // The release of what the first has placed may come to the second.
        using var client = new HttpClient { BaseAddress = second.Address };
        const string Release = """{"id":"a","gateway_id":"g:1","scheduling_result":[{"id":"10.0.0.1:8000_dp0","infer_type":"neutral","endpoint":{"host":"10.0.0.1","port":8000}}]}""";
        string id = second.LiteModeSnapshot().Instances[0].Description.Id;
        using HttpResponseMessage answer = await client.PostAsync(
            "/release", new StringContent(Release.Replace("10.0.0.1:8000_dp0", id, StringComparison.Ordinal)), Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await CountsAsync(second, new TrackedLoad(1, 12, 1, 12));
        await CountsAsync(first, new TrackedLoad(1, 12, 1, 12));
    }

    [Fact]
    public async Task Metrics_WithAPeer_ShowItsLagAndTheForeignEntries()
    {
        int[] ports = FreePort.Find(2);
        await using SchedulerHost first = await StartAsync(ports, 0);
        await using SchedulerHost second = await StartAsync(ports, 1);
        Schedule(first, "a", 30);
        await CountsAsync(second, new TrackedLoad(1, 30, 1, 30));
        await ShowsAsync(first, $"scheduler_peer_connected{{peer=\"127.0.0.1:{ports[1]}\"}} 1");
        Schedule(first, "b", 12);
        await ShowsAsync(first, $"scheduler_peer_ledger_lag_seconds{{peer=\"127.0.0.1:{ports[1]}\"}} 0.");
        await ShowsAsync(second, "scheduler_foreign_ledger_entries 2");
        Assert.DoesNotContain($"peer=\"127.0.0.1:{ports[0]}\"", await MetricsAsync(first), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AfterThePlacements_CountsThem()
    {
        int[] ports = FreePort.Find(2);
        await using SchedulerHost first = await StartAsync(ports, 0);
        Schedule(first, "a", 30);
        await using (SchedulerHost second = await StartAsync(ports, 1))
        {
            await CountsAsync(second, new TrackedLoad(1, 30, 1, 30));
            Schedule(second, "b", 12);
            await CountsAsync(first, new TrackedLoad(2, 42, 2, 42));
        }

        // The requests of the one that is gone do run.
        Assert.Equal(2, first.LiteModeSnapshot().States);
        await using SchedulerHost again = await StartAsync(ports, 1);
        await CountsAsync(again, new TrackedLoad(1, 30, 1, 30));
    }

    [Fact]
    public async Task Peer_UnderTwoNames_GetsOneStream()
    {
        int[] ports = FreePort.Find(2);
        await using SchedulerHost second = await StartAsync(ports, 1);
        await using SchedulerHost first = await LiteHost.StartAsync(null, new PeerOptions
        {
            Port = ports[0],
            Peers = [new DnsEndPoint("127.0.0.1", ports[1]), new DnsEndPoint("localhost", ports[1])],
        });

        await Eventually.TrueAsync(async () =>
            (await MetricsAsync(first)).Split('\n').Where(static line => line.StartsWith("scheduler_peer_connected{", StringComparison.Ordinal)).ToArray() is [{ } only]
            && only.EndsWith(" 1", StringComparison.Ordinal));
        Schedule(first, "a", 30);
        await CountsAsync(second, new TrackedLoad(1, 30, 1, 30));
    }

    [Fact]
    public async Task Stream_WithoutTheToken_IsRefused()
    {
        int[] ports = FreePort.Find(2);
        await using SchedulerHost first = await StartAsync(ports, 0, static service => service with { Token = new Secret("right") });
        await using SchedulerHost second = await StartAsync(ports, 1, static service => service with { Token = new Secret("wrong") });
        Schedule(first, "a", 30);
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress($"http://127.0.0.1:{ports[1]}");
        using var call = new Protocol.Replication.LedgerReplication.LedgerReplicationClient(channel).Follow(cancellationToken: Cancellation);
        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(Grpc.Core.StatusCode.Unauthenticated, refused.StatusCode);
        await ShowsAsync(first, $"scheduler_peer_connected{{peer=\"127.0.0.1:{ports[1]}\"}} 0");
        Assert.Equal(0, second.LiteModeSnapshot().States);
        using var client = new HttpClient { BaseAddress = first.Address };
        await Eventually.TrueAsync(async () => (await client.GetStringAsync(new Uri("/readyz", UriKind.Relative), Cancellation)).Contains(
            $"the replica 127.0.0.1:{ports[1]} refuses the service token of this replica", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_OverTls_ChecksTheCertificate()
    {
        using var files = new TlsFiles();
        int[] ports = FreePort.Find(2);
        ServiceOptions Tls(ServiceOptions service) => service with { TlsCertificateFile = files.CertificateFile, TlsKeyFile = files.KeyFile };
        await using SchedulerHost first = await StartAsync(ports, 0, Tls, files.CaFile);
        await using SchedulerHost second = await StartAsync(ports, 1, Tls, files.CaFile);
        Schedule(first, "a", 30);
        await CountsAsync(second, new TrackedLoad(1, 30, 1, 30));
    }

    [Fact]
    public async Task PeerPort_AnyOtherPath_IsNotServed()
    {
        int[] ports = FreePort.Find(1);
        await using SchedulerHost host = await StartAsync(ports, 0);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using HttpResponseMessage answer = await client.GetAsync(new Uri($"http://127.0.0.1:{ports[0]}/metrics"), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    /// <summary>Starts one of the replicas; its list contains itself.</summary>
    private static Task<SchedulerHost> StartAsync(
        int[] ports, int index, Func<ServiceOptions, ServiceOptions>? change = null, string caFile = "") =>
        LiteHost.StartAsync(change, new PeerOptions
        {
            Port = ports[index],
            Peers = [.. ports.Select(static port => new DnsEndPoint("127.0.0.1", port))],
            CaFile = caFile,
        });

    private static void Schedule(SchedulerHost host, string id, int tokens) => Assert.Equal(
        ScheduleOutcome.Placed, host.Schedule(new PlacementRequest(id, SchedulingMode.Neutral, default, tokens, GatewayId: "g:1"), out _));

    private static Task CountsAsync(SchedulerHost host, TrackedLoad load) =>
        Eventually.TrueAsync(() => host.LiteModeSnapshot().Instances[0].Tracked == load);

    private static Task ShowsAsync(SchedulerHost host, string text) =>
        Eventually.TrueAsync(async () => (await MetricsAsync(host)).Contains(text, StringComparison.Ordinal));

    private static async Task<string> MetricsAsync(SchedulerHost host)
    {
        using var client = new HttpClient { BaseAddress = host.Address };
        return await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation);
    }
}
