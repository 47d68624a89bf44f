using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Redis;
using Llumnix.EngineEmulator;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Cli.Tests.Engines;

/// <summary>A real scheduler over emulated engines, asked as a gateway does with vllm-kvt and pd_batch: only the decode engine gets the request.</summary>
public sealed class KvtBatchLedgerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Entries live for an hour here: what is gone was acknowledged by a status.</summary>
    [Fact]
    public async Task Schedule_KvtBatch_BothEntriesAreAcknowledged()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using EngineHost engines = await EngineHost.StartAsync(
            new EngineHostOptions
            {
                CmsRedis = $"127.0.0.1:{redis.Port}",
                Engines = [.. new[] { InferType.Prefill, InferType.Decode }.Select(type => new EmulatedEngineOptions
                {
                    Engine = new EngineConfiguration { InferType = type, Latency = new PolynomialLatencyModel { DecodeBase = 1 } },
                })],
            },
            Cancellation);
        await using SchedulerHost scheduler = SchedulerHost.Build(new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0, Seed = 1 },
            Cms = new CmsOptions { Redis = new RedisOptions { Host = "127.0.0.1", Port = redis.Port }, StatusInterval = TimeSpan.FromMilliseconds(20) },
            Ledger = new LedgerOptions { EntryLifetime = TimeSpan.FromHours(1) },
        });
        await scheduler.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => scheduler.Snapshot().Instances.Count == 2);
        using var http = new HttpClient();

        using HttpResponseMessage scheduled = await http.PostAsJsonAsync(
            new Uri(scheduler.Address, "/schedule"), new { id = "r1", scheduling_mode = "pd_batch", prompt_num_tokens = 4 }, Cancellation);
        JsonNode[] placed = [.. (await scheduled.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["scheduling_result"]!.AsArray()!];
        JsonNode prefill = placed.Single(instance => (string?)instance["infer_type"] == "prefill");
        JsonNode decode = placed.Single(instance => (string?)instance["infer_type"] == "decode");
        Assert.Equal(2, scheduler.Snapshot().LedgerEntries);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{decode["endpoint"]!["host"]}:{decode["endpoint"]!["port"]}/v1/completions")
        {
            Content = JsonContent.Create(new
            {
                prompt = "a b c d",
                max_tokens = 5,
                kv_transfer_params = new { remote_host = (string?)prefill["aux_ip"], remote_port = (int?)prefill["aux_port"] },
            }),
        };
        request.Headers.Add("x-request-id", "r1");
        using HttpResponseMessage answer = await http.SendAsync(request, Cancellation);
        answer.EnsureSuccessStatusCode();

        await Eventually.TrueAsync(() => scheduler.Snapshot().LedgerEntries == 0);
        Assert.Equal(0, scheduler.Snapshot().LedgerExpiredTotal);
        Assert.Equal(1, engines.Engines[0].Status().StepId);
    }
}
