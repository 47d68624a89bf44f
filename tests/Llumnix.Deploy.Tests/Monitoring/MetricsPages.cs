using System.Text.RegularExpressions;
using Google.Protobuf;
using Llumnix.Adapters.Options;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>Every metric that a scheduler shows, by name, with its labels: scraped from schedulers of both modes that have instances.</summary>
public sealed partial class MetricsPages : IAsyncLifetime
{
    /// <summary>What shows no labels before the first migration.</summary>
    private static readonly Dictionary<string, string[]> Declared = new()
    {
        ["scheduler_rescheduling_total"] = ["rescheduling_req_select_rule", "rescheduling_req_select_order"],
        ["scheduler_rescheduling_outcomes_total"] = ["policy", "outcome"],
    };

    private readonly Dictionary<string, HashSet<string>> _labels = Declared.ToDictionary(pair => pair.Key, pair => pair.Value.ToHashSet());

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
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
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The labels of a metric, or of the histogram that a series belongs to; null when there is none of that name.</summary>
    internal IReadOnlySet<string>? LabelsOf(string name) =>
        _labels.GetValueOrDefault(name) ?? _labels.GetValueOrDefault(Suffix().Replace(name, ""));

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
        foreach (Match type in Type().Matches(text))
        {
            _labels.TryAdd(type.Groups[1].Value, []);
        }

        foreach (Match sample in Series().Matches(text))
        {
            string name = _labels.ContainsKey(sample.Groups[1].Value) ? sample.Groups[1].Value : Suffix().Replace(sample.Groups[1].Value, "");
            _labels[name].UnionWith(Label().Matches(sample.Groups[2].Value).Select(label => label.Groups[1].Value));
        }

        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"^# TYPE (\S+) ", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"^([a-z_:][\w:]*)\{([^}]*)\}", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex("""(\w+)="[^"]*"(?:,|$)""")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
