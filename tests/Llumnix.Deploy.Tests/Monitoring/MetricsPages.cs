using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Serve;
using Llumnix.EngineEmulator;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>Every metric that schedulers, gateways and engines show, by name, with its labels: scraped from schedulers of all modes, a rescheduler, a gateway, serve and an emulated vLLM.</summary>
public sealed partial class MetricsPages : IAsyncLifetime
{
    /// <summary>What shows no labels before something happens, such as the first migration, failed attempt at an engine or request with an API key.</summary>
    private static readonly Dictionary<string, string[]> Declared = new()
    {
        ["scheduler_rescheduling_total"] = ["rescheduling_req_select_rule", "rescheduling_req_select_order"],
        ["scheduler_rescheduling_outcomes_total"] = ["policy", "outcome"],
        ["request_retry_total"] = ["model", "status_code"],
        ["gateway_key_requests_total"] = ["key"],
        ["gateway_key_tokens_total"] = ["key"],
        ["gateway_key_refusals_total"] = ["key", "reason"],
        ["gateway_mirrored_requests_total"] = ["outcome"],
        ["gateway_engine_denied_total"] = ["status_code"],
        ["gateway_external_requests_total"] = ["model", "status_code"],
        ["request_fallback_total"] = ["model", "status_code"],
        ["gateway_discovery_entries_skipped_total"] = ["reason"],
        ["scheduler_instance_probes_total"] = ["outcome"],
        ["scheduler_peer_ledger_lag_seconds"] = ["peer"],
        ["scheduler_peer_connected"] = ["peer"],
        ["scheduler_peer_ledger_overruns_total"] = ["peer"],
        ["scheduler_drain_requests"] = ["instance_id"],
        ["scheduler_drain_estimated_seconds"] = ["instance_id"],
        ["scheduler_drain_safe_to_delete"] = ["instance_id"],
    };

    private readonly Dictionary<string, HashSet<string>> _labels = Declared.ToDictionary(pair => pair.Key, pair => pair.Value.ToHashSet());

    private readonly Dictionary<string, HashSet<string>> _bounds = [];

    private readonly Dictionary<string, ExportedMetric> _exported = [];

    private readonly HashSet<string> _sampled = [];

    /// <summary>The metrics of schedulers, rescheduler, gateway and serve by their original names, not those of the emulated engine.</summary>
    internal IReadOnlyCollection<ExportedMetric> Exported
    {
        get
        {
            foreach (ExportedMetric metric in _exported.Values)
            {
                metric.Labels.UnionWith(_labels[metric.Name].Where(label => metric.Type != "histogram" || label != "le"));
            }

            return _exported.Values;
        }
    }

    /// <summary>Names of metrics whose labels nothing tells.</summary>
    internal IReadOnlyList<string> WithoutSamplesOrDeclaredLabels => [.. _exported.Keys.Where(name => !_sampled.Contains(name) && !Declared.ContainsKey(name))];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await ScrapeGatewaysAndEngineAsync();
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ConnectionMultiplexer connection = await redis.ConnectAsync();
        var cms = new CmsWriter(connection.GetDatabase());
        await cms.PutAsync("i1");
        await cms.PutMetadataAsync("garbage", [1, 2, 3]);
        await cms.PutStatusAsync("garbage", [1, 2, 3]);
        await connection.GetDatabase().StringSetAsync("llumnix:discovery:pod", PodMessages.Pod("pod").ToByteArray());
        await connection.GetDatabase().StringSetAsync("llumnix:discovery:garbage", new byte[] { 1, 2, 3 });
        string profiles = Checkout.PathOf("deploy/slo-aware/base/profiles");
        await ScrapeAsync("full", ["instance_cms_decode_batch_size{", "scheduler_cms_values_skipped_total{"],
            "--cms-redis-host", redis.Host, "--cms-redis-port", $"{redis.Port}", "--enable-cache-aware-scheduling", "--colocated-rescheduling-mode",
            "--scheduling-policy", "slo", "--ttft-profiling-data-path", $"{profiles}/ttft.json", "--tpot-profiling-data-path", $"{profiles}/tpot.json",
            "--ha-lease", "redis", "--ha-advertise-address", "127.0.0.1:1");
        await ScrapeAsync("lite", ["instance_lrs_total_tokens{", "scheduler_discovery_entries_skipped_total{"],
            "--enable-full-mode-scheduling=false", "--discovery-redis-host", redis.Host, "--discovery-redis-port", $"{redis.Port}",
            "--ha-lease", "redis", "--ha-advertise-address", "127.0.0.1:1");
        await ScrapeAsync("engines", ["scheduler_engines ", "scheduler_engine_read_failures_total{"],
            "--status-source=engines", "--llm-backend-discovery=endpoints", $"--llm-backend-endpoints=127.0.0.1:{FreePort.Find(1)[0]}",
            "--discovery-redis-host", redis.Host, "--discovery-redis-port", $"{redis.Port}", "--ha-lease", "redis", "--ha-advertise-address", "127.0.0.1:1");
        await ScrapeAsync("rescheduler", ["instance_cms_decode_batch_size{", "scheduler_cms_values_skipped_total{"],
            "--standalone-rescheduling-mode", "--cms-redis-host", redis.Host, "--cms-redis-port", $"{redis.Port}", "--ha-lease", "redis");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The labels of a metric, or of the histogram that a series belongs to; null when there is none of that name.</summary>
    internal IReadOnlySet<string>? LabelsOf(string name) =>
        _labels.GetValueOrDefault(name) ?? _labels.GetValueOrDefault(Suffix().Replace(name, ""));

    /// <summary>The upper bounds of a histogram's buckets.</summary>
    internal IReadOnlyCollection<string> BoundsOf(string histogram) => _bounds.GetValueOrDefault(histogram) ?? [];

    /// <summary>A gateway without a scheduler, serve, and the engine behind both, after a request to each.</summary>
    private async Task ScrapeGatewaysAndEngineAsync()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        string mirror = Path.Combine(folder.Root, "mirror.json");
        await File.WriteAllTextAsync(mirror, """{"Enable":false}""", cancellation);
        await using EngineHost engines = await EngineHost.StartAsync(new EngineHostOptions { Engines = [new()] }, cancellation);
        int port = engines.Engines[0].Port;
        string[] flags = ["--host=127.0.0.1", "--port=0", $"--mirror-config-file={mirror}", """--route-config=[{"base_url":"http://127.0.0.1:9","fallback":true}]"""];
        await using var gateway = new FleetGateway(Parse(
            GatewayOptionTable.Instance, [.. flags, "--llm-backend-discovery=endpoints", $"--llm-backend-endpoints=127.0.0.1:{port}"]).ToSettings());
        await gateway.Host.StartAsync(cancellation);
        await ScrapeAfterARequestAsync("gateway", gateway.Host.Address);
        await gateway.Host.StopAsync();
        await using ServeHost serve = ServeHost.Build(Parse(ServeOptionTable.Instance, [.. flags, $"--engines=http://127.0.0.1:{port}"]));
        await serve.Gateway.StartAsync(cancellation);
        await ScrapeAfterARequestAsync("serve", serve.Gateway.Address);
        await serve.Gateway.StopAsync();
        using var client = new HttpClient();
        await Eventually.TrueAsync(async () => Read(await client.GetStringAsync($"http://127.0.0.1:{port}/metrics", cancellation))
            .Contains("vllm:num_requests_running{", StringComparison.Ordinal));
    }

    private static TOptions Parse<TOptions>(OptionTable<TOptions> table, string[] flags)
        where TOptions : class, new()
    {
        OptionsParseResult<TOptions> parsed = OptionsParser.Parse(
            table, flags, new Dictionary<string, string>(), static path => throw new FileNotFoundException(null, path));
        Assert.Empty(parsed.Errors);
        return parsed.Options;
    }

    private async Task ScrapeAfterARequestAsync(string process, Uri address)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var client = new HttpClient { BaseAddress = address };
        await Eventually.TrueAsync(async () => (await client.PostAsJsonAsync(
            "v1/completions", new { model = "emulated", prompt = "one two", max_tokens = 3, stream = true }, cancellation)).IsSuccessStatusCode);
        string text = "";
        await Eventually.TrueAsync(async () =>
        {
            text = await client.GetStringAsync("metrics", cancellation);
            return text.Contains("request_total{", StringComparison.Ordinal);
        });
        ReadOf(process, text);
    }

    private async Task ScrapeAsync(string process, string[] series, params string[] arguments)
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
        ReadOf(process, text);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private void ReadOf(string process, string text)
    {
        Read(text);
        foreach (Match family in Family().Matches(text))
        {
            string name = family.Groups["name"].Value;
            if (name == "llumnix_build_info" || !name.StartsWith("llumnix_", StringComparison.Ordinal))
            {
                if (!_exported.TryGetValue(name, out ExportedMetric? metric))
                {
                    metric = _exported[name] = new ExportedMetric(name, family.Groups["type"].Value, family.Groups["help"].Value);
                }

                metric.Processes.Add(process);
            }
        }

        foreach (Match sample in Series().Matches(text))
        {
            string name = sample.Groups[1].Value;
            ExportedMetric? metric = _exported.GetValueOrDefault(name) ?? _exported.GetValueOrDefault(Suffix().Replace(name, ""));
            foreach (Match label in Label().Matches(sample.Groups[2].Value).Where(_ => metric is not null))
            {
                string key = label.Groups[1].Value;
                (metric!.Values.TryGetValue(key, out SortedSet<string>? values) ? values : metric.Values[key] = new(StringComparer.Ordinal)).Add(label.Groups[2].Value);
            }
        }

        _sampled.UnionWith(Sample().Matches(text).Select(static match => match.Groups[1].Value).SelectMany(static name => (string[])[name, Suffix().Replace(name, "")]));
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

    [GeneratedRegex(@"^# HELP (?<name>\S+) (?<help>.*)\n# TYPE \S+ (?<type>\w+)$", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"^([a-z_]\w*)[{ ]", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"^# TYPE (\S+) ", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"^([a-z_:][\w:]*)\{([^}]*)\}", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex("""(\w+)="([^"]*)"(?:,|$)""")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
