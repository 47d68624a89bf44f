using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Secrets;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The whole server in lite mode over real HTTP, with a fixed list of instances.</summary>
public sealed class LiteModeHostTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Api_OneRequest_FromScheduleToRelease()
    {
        await using SchedulerHost host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage answer = await PostAsync(
            client, "/schedule", """{"id":"r1","gateway_id":"g:1","scheduling_mode":"neutral","prompt_num_tokens":120}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        JsonElement placed = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        JsonElement instance = placed.GetProperty("scheduling_result").EnumerateArray().Single();
        Assert.Equal(
            """{"version":0,"id":"neutral-10.0.0.1:8000","model":"","infer_type":"neutral","endpoint":{"host":"10.0.0.1","port":8000},"aux_ip":"10.0.0.1","aux_port":28000,"dp_rank":0,"dp_size":0}""",
            instance.GetRawText());
        Assert.Equal(new TrackedLoad(1, 120, 1, 120), Tracked(host));

        using HttpResponseMessage report = await PostAsync(client, "/report", """
            [{"kind":"prefill_done","id":"r1","instance_id":"neutral-10.0.0.1:8000","gateway_id":"g:1","infer_type":"neutral","num_tokens":121},
             {"kind":"state_update","id":"r2","instance_id":"nobody","num_tokens":5},
             "garbage"]
            """);
        Assert.Equal(HttpStatusCode.OK, report.StatusCode);
        Assert.Equal(new TrackedLoad(1, 121, 0, 0), Tracked(host));

        string page = await client.GetStringAsync("/metrics", Cancellation);
        foreach (string line in (string[])
        [
            """instance_lrs_total_tokens{model="",instance_id="neutral-10.0.0.1:8000",infer_type="neutral"} 121""",
            """instance_lrs_running_requests{model="",instance_id="neutral-10.0.0.1:8000",infer_type="neutral"} 1""",
            """instance_lrs_waiting_tokens{model="",instance_id="neutral-10.0.0.1:8000",infer_type="neutral"} 0""",
            """scheduler_report_rows_total{result="applied"} 1""",
            """scheduler_report_rows_total{result="unknown"} 1""",
            """scheduler_report_rows_total{result="malformed"} 1""",
            """scheduler_instances{infer_type="neutral",state="ok"} 1""",
            "scheduler_discovery_available 1",
            "scheduler_request_states 1",
            "request_lite_mode_schedule_duration_milliseconds_count 1",
        ])
        {
            Assert.Contains(line, page, StringComparison.Ordinal);
        }

        using HttpResponseMessage release = await PostAsync(client, "/release", placed.GetRawText());
        using HttpResponseMessage again = await PostAsync(client, "/release", placed.GetRawText());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (release.StatusCode, again.StatusCode));
        Assert.Equal(default, Tracked(host));
    }

    [Fact]
    public async Task Report_NoJsonArray_400()
    {
        await using SchedulerHost host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage answer = await PostAsync(client, "/report", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("the body must be a JSON array of reports\n", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Schedule_KindThatIsNotThere_404()
    {
        await using SchedulerHost host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage answer = await PostAsync(client, "/schedule", """{"id":"r","scheduling_mode":"pd_batch"}""");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task ServiceToken_GuardsReportAndKeepAlive()
    {
        await using SchedulerHost host = await StartAsync(o => o with { Service = o.Service with { Token = new Secret("s3cret") } });
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage report = await PostAsync(client, "/report", "[]");
        using HttpResponseMessage keepAlive = await client.GetAsync("/keepalive", Cancellation);
        Assert.Equal((401, 401), ((int)report.StatusCode, (int)keepAlive.StatusCode));
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "s3cret");
        await socket.ConnectAsync(KeepAlive(host), Cancellation);
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"host":"h","port":1}"""), WebSocketMessageType.Text, true, Cancellation);
        await Eventually.TrueAsync(() => host.LiteModeSnapshot().ConnectedGateways == 1);
    }

    [Fact]
    public async Task Gateway_KilledWithSigkill_ItsStatesAreGoneAndOthersStay()
    {
        await using SchedulerHost host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        GatewayProcess killed = await GatewayProcess.StartAsync(host.Address.Port, 1111);
        await using GatewayProcess other = await GatewayProcess.StartAsync(host.Address.Port, 2222);
        await Eventually.TrueAsync(() => host.LiteModeSnapshot().ConnectedGateways == 2);
        for (int i = 0; i < 50; i++)
        {
            using HttpResponseMessage first = await PostAsync(client, "/schedule", Request($"k{i}", killed.Id, 10));
            using HttpResponseMessage second = await PostAsync(client, "/schedule", Request($"o{i}", other.Id, 1));
        }

        Assert.Equal(new TrackedLoad(100, 550, 100, 550), Tracked(host));
        await killed.DisposeAsync();
        await Eventually.TrueAsync(() => Tracked(host) == new TrackedLoad(50, 50, 50, 50));

        // The same gateway under a new address, and gone again: what is the other's stays.
        GatewayProcess back = await GatewayProcess.StartAsync(host.Address.Port, 3333);
        await Eventually.TrueAsync(() => host.LiteModeSnapshot().ConnectedGateways == 2);
        await back.DisposeAsync();
        await Eventually.TrueAsync(() => host.LiteModeSnapshot().ConnectedGateways == 1);
        Assert.Equal(new TrackedLoad(50, 50, 50, 50), Tracked(host));
    }

    /// <summary>Another gateway's id of a request, its report and its release, and a connection in the name of one that has none.</summary>
    [Fact]
    public async Task Gateway_ActsOnAnothersRequests_ChangesNothing()
    {
        await using SchedulerHost host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage answer = await PostAsync(client, "/schedule", Request("r", "g:1", 120));
        string placed = await answer.Content.ReadAsStringAsync(Cancellation);
        string foreign = placed.Replace("g:1", "g:2", StringComparison.Ordinal);
        using HttpResponseMessage release = await PostAsync(client, "/release", foreign);
        using HttpResponseMessage anonymous = await PostAsync(client, "/release", placed.Replace("g:1", "", StringComparison.Ordinal));
        using HttpResponseMessage report = await PostAsync(client, "/report", """
            [{"kind":"prefill_done","id":"r","instance_id":"neutral-10.0.0.1:8000","gateway_id":"g:2","num_tokens":2147483647}]
            """);
        // It is a request of the other gateway, with the same id.
        Assert.Equal(new TrackedLoad(2, 120 + (1 << 20), 1, 120), Tracked(host));
        using HttpResponseMessage ended = await PostAsync(client, "/release", foreign);
        using (var claim = new ClientWebSocket())
        {
            await claim.ConnectAsync(KeepAlive(host), Cancellation);
            await claim.SendAsync(Encoding.UTF8.GetBytes("""{"host":"g","port":1}"""), WebSocketMessageType.Text, true, Cancellation);
            await Eventually.TrueAsync(() => host.LiteModeSnapshot().ConnectedGateways == 1);
        }

        await Eventually.TrueAsync(() => host.LiteModeSnapshot().ConnectedGateways == 0);
        Assert.Equal(new TrackedLoad(1, 120, 1, 120), Tracked(host));
        using HttpResponseMessage reused = await PostAsync(client, "/schedule", Request("r", "g:2", 5));
        Assert.Equal(new TrackedLoad(2, 125, 2, 125), Tracked(host));
        using HttpResponseMessage own = await PostAsync(client, "/release", placed);
        Assert.Equal(new TrackedLoad(1, 5, 1, 5), Tracked(host));
    }

    private static string Request(string id, string gateway, int tokens) =>
        $$"""{"id":"{{id}}","gateway_id":"{{gateway}}","scheduling_mode":"neutral","prompt_num_tokens":{{tokens}}}""";

    private static TrackedLoad Tracked(SchedulerHost host) => host.LiteModeSnapshot().Instances.Single().Tracked;

    private static Uri KeepAlive(SchedulerHost host) => new UriBuilder(host.Address) { Scheme = "ws", Path = "/keepalive" }.Uri;

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string body) =>
        client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);

    private static async Task<SchedulerHost> StartAsync(Func<SchedulerOptions, SchedulerOptions>? change = null)
    {
        var options = new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Mode = new ModeOptions { IsFull = false },
            Dispatch = new DispatchOptions { Neutral = new("num_tokens", 8192), Prefill = new("num_tokens", 8192), Decode = new("num_tokens", 8192) },
            Discovery = new DiscoveryOptions { Kind = DiscoveryKind.Endpoints, Endpoints = [new ListedEngine("10.0.0.1", 8000)] },
        };
        SchedulerHost host = SchedulerHost.Build(change?.Invoke(options) ?? options);
        await host.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => host.LiteModeSnapshot().Instances.Count == 1);
        return host;
    }
}
