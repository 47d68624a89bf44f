using System.Text.Json;
using System.Text.Json.Serialization;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Otlp;
using Llumnix.Cli.Options;

namespace Llumnix.Cli.Profiling;

/// <summary>Predicted against actual latencies of a running fleet, as its scheduler's page of metrics tells them.</summary>
/// <param name="Classes">By class and latency.</param>
/// <param name="Instances">By instance and table.</param>
internal sealed record FleetComparison(IReadOnlyList<ComparedClass> Classes, IReadOnlyList<ComparedInstance> Instances)
{
    private static readonly JsonSerializerOptions JsonForm = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = ReadableJson.Encoder,
        Converters = { new KnownNumberConverter() },
    };

    /// <summary>Whether the page tells nothing of predictions.</summary>
    [JsonIgnore]
    public bool IsEmpty => Classes.Count == 0 && Instances.Count == 0;

    /// <summary>Reads a scheduler's page of metrics.</summary>
    public static FleetComparison Of(ReadOnlySpan<byte> page)
    {
        ILookup<string, MetricSample> samples = PrometheusText.Read(page).SelectMany(static family => family.Samples).ToLookup(static sample => sample.Name);
        Dictionary<string, double> error = Values(samples["scheduler_latency_error_ratio"], "class", "latency", "quantile");
        Dictionary<string, double> outcomes = Values(samples["scheduler_latency_outcomes_total"], "class", "latency");
        Dictionary<string, double> coverage = Values(samples["scheduler_latency_bound_coverage_ratio"], "class", "latency");
        Dictionary<string, double> eligible = Values(samples["scheduler_latency_eligible_ratio"], "class", "latency");
        Dictionary<string, double> drifted = Values(samples["scheduler_latency_drifted"], "instance_id", "table");
        Dictionary<string, double> withheld = Values(samples["scheduler_latency_correction_withheld"], "instance_id", "table");
        Dictionary<string, double> fitted = Values(samples["scheduler_latency_correction_fitted"], "instance_id", "table");
        ILookup<string, string> classes = samples["scheduler_latency_class"].ToLookup(static sample => Label(in sample, "instance_id"), static sample => Label(in sample, "class"));
        return new FleetComparison(
            [.. samples["scheduler_latency_outcomes_total"].Select(sample =>
            {
                (string name, string latency) = (Label(in sample, "class"), Label(in sample, "latency"));
                string key = $"{name}\n{latency}";
                return new ComparedClass(
                    name,
                    latency,
                    Of(outcomes, key),
                    Of(error, key + "\n0.5"),
                    Of(error, key + "\n0.9"),
                    Of(error, key + "\n0.99"),
                    Of(coverage, key),
                    Of(eligible, key));
            })],
            [.. samples["scheduler_latency_table_ratio"].Select(sample =>
            {
                (string id, string table) = (Label(in sample, "instance_id"), Label(in sample, "table"));
                string key = $"{id}\n{table}";
                string correction = Of(withheld, key) == 1 ? "withheld" : Of(fitted, key) == 1 ? "fit" : "ratio";
                return new ComparedInstance(id, classes[id].FirstOrDefault(""), table, sample.Value, Of(drifted, key) == 1, correction);
            })]);
    }

    /// <summary>The comparison as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonForm) + "\n";

    private static Dictionary<string, double> Values(IEnumerable<MetricSample> samples, params string[] labels)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (MetricSample sample in samples)
        {
            values[string.Join('\n', labels.Select(label => Label(in sample, label)))] = sample.Value;
        }

        return values;
    }

    private static double Of(Dictionary<string, double> values, string key) => values.GetValueOrDefault(key, double.NaN);

    private static string Label(in MetricSample sample, string name)
    {
        foreach ((string label, string value) in sample.Labels)
        {
            if (label == name)
            {
                return value;
            }
        }

        return "";
    }
}
