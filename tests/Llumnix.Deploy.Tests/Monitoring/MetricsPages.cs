using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Gateway;
using Llumnix.EngineEmulator;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>Every metric that schedulers, gateways and engines show, by name, with its labels: scraped from schedulers of all modes, a gateway and an emulated vLLM.</summary>
public sealed partial class MetricsPages : IAsyncLifetime
{
    /// <summary>What shows no labels before the first migration, the first failed attempt at an engine or the first request with an API key.</summary>
    private static readonly Dictionary<string, string[]> Declared = new()
    {
        ["scheduler_rescheduling_total"] = ["rescheduling_req_select_rule", "rescheduling_req_select_order"],
        ["scheduler_rescheduling_outcomes_total"] = ["policy", "outcome"],
        ["request_retry_total"] = ["model", "status_code"],
        ["gateway_key_requests_total"] = ["key"],
        ["gateway_key_refusals_total"] = ["key", "reason"],
    };

    private readonly Dictionary<string, HashSet<string>> _labels = Declared.ToDictionary(pair => pair.Key, pair => pair.Value.ToHashSet());

    private readonly Dictionary<string, HashSet<string>> _bounds = [];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await ScrapeGatewayAndEngineAsync();
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ConnectionMultiplexer connection = await redis.ConnectAsync();
        var cms = new CmsWriter(connection.GetDatabase());
        await cms.PutAsync("i1");
        await cms.PutMetadataAsync("garbage", [1, 2, 3]);
        await cms.PutStatusAsync("garbage", [1, 2, 3]);
        await connection.GetDatabase().StringSetAsync("llumnix:discovery:pod", PodMessages.Pod("pod").ToByteArray());
        await connection.GetDatabase().StringSetAsync("llumnix:discovery:garbage", new byte[] { 1, 2, 3 });
        string profiles = Checkout.PathOf("deploy/slo-aware/base/profiles");
        await ScrapeAsync(["instance_cms_decode_batch_size{", "scheduler_cms_values_skipped_total{"],
            "--cms-redis-host", redis.Host, "--cms-redis-port", $"{redis.Port}", "--enable-cache-aware-scheduling", "--colocated-rescheduling-mode",
            "--scheduling-policy", "slo", "--ttft-profiling-data-path", $"{profiles}/ttft.json", "--tpot-profiling-data-path", $"{profiles}/tpot.json");
        await ScrapeAsync(["instance_lrs_total_tokens{", "scheduler_discovery_entries_skipped_total{"],
            "--enable-full-mode-scheduling=false", "--discovery-redis-host", redis.Host, "--discovery-redis-port", $"{redis.Port}");
        await ScrapeAsync(["scheduler_engines ", "scheduler_engine_read_failures_total{"],
            "--status-source=engines", "--llm-backend-discovery=endpoints", $"--llm-backend-endpoints=127.0.0.1:{FreePort.Find(1)[0]}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The labels of a metric, or of the histogram that a series belongs to; null when there is none of that name.</summary>
    internal IReadOnlySet<string>? LabelsOf(string name) =>
        _labels.GetValueOrDefault(name) ?? _labels.GetValueOrDefault(Suffix().Replace(name, ""));

    /// <summary>The upper bounds of a histogram's buckets.</summary>
    internal IReadOnlyCollection<string> BoundsOf(string histogram) => _bounds.GetValueOrDefault(histogram) ?? [];

    /// <summary>A gateway without a scheduler and the engine behind it, after a request.</summary>
    private async Task ScrapeGatewayAndEngineAsync()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using EngineHost engines = await EngineHost.StartAsync(new EngineHostOptions { Engines = [new()] }, cancellation);
        OptionsParseResult<GatewayFlags> parsed = OptionsParser.Parse(
            GatewayOptionTable.Instance,
            ["--host=127.0.0.1", "--port=0", "--llm-backend-discovery=endpoints", $"--llm-backend-endpoints=127.0.0.1:{engines.Engines[0].Port}"],
            new Dictionary<string, string>(),
            static path => throw new FileNotFoundException(null, path));
        Assert.Empty(parsed.Errors);
        await using var gateway = new FleetGateway(parsed.Options.ToSettings());
        await gateway.Host.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = gateway.Host.Address };
        await Eventually.TrueAsync(async () => (await client.PostAsJsonAsync(
            "v1/completions", new { model = "emulated", prompt = "one two", max_tokens = 3, stream = true }, cancellation)).IsSuccessStatusCode);
        await Eventually.TrueAsync(async () => Read(await client.GetStringAsync("metrics", cancellation)).Contains("request_total{", StringComparison.Ordinal));
        await Eventually.TrueAsync(async () => Read(await client.GetStringAsync($"http://127.0.0.1:{engines.Engines[0].Port}/metrics", cancellation))
            .Contains("vllm:num_requests_running{", StringComparison.Ordinal));
        await gateway.Host.StopAsync();
    }

    private async Task ScrapeAsync(string[] series, params string[] arguments)
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(["--host=127.0.0.1", "--port=0", .. arguments], SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        await using SchedulerHost host = SchedulerHost.Build(parsed.Options);
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        string text = "";
        await Eventually.TrueAsync(async () =>
        {
            text = await client.GetStringAsync(new Uri(host.Address, "metrics"), TestContext.Current.CancellationToken);
            return series.All(start => text.Contains(start, StringComparison.Ordinal));
        });
        Read(text);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private string Read(string text)
    {
        foreach (Match type in Type().Matches(text))
        {
            _labels.TryAdd(type.Groups[1].Value, []);
        }

        foreach (Match sample in Series().Matches(text))
        {
            string name = _labels.ContainsKey(sample.Groups[1].Value) ? sample.Groups[1].Value : Suffix().Replace(sample.Groups[1].Value, "");
            _labels[name].UnionWith(Label().Matches(sample.Groups[2].Value).Select(label => label.Groups[1].Value));
            if (Bound().Match(sample.Groups[2].Value) is { Success: true } bound)
            {
                (_bounds.TryGetValue(name, out HashSet<string>? bounds) ? bounds : _bounds[name] = []).Add(bound.Groups[1].Value);
            }
        }

        return text;
    }

    [GeneratedRegex("""(?:^|,)le="([^"]*)"(?:,|$)""")]
    private static partial Regex Bound();

    [GeneratedRegex(@"^# TYPE (\S+) ", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"^([a-z_:][\w:]*)\{([^}]*)\}", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex("""(\w+)="[^"]*"(?:,|$)""")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
