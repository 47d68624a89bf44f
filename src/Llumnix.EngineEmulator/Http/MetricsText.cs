using System.Globalization;
using System.Text;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Http;

/// <summary>An engine's load as Prometheus text, under vLLM's names.</summary>
internal static class MetricsText
{
    public static string Of(InstanceStatus status, string model)
    {
        var text = new StringBuilder();
        Gauge("vllm:num_requests_running", "Number of requests in model execution batches.", status.RunningRequestCount);
        Gauge("vllm:num_requests_waiting", "Number of requests waiting to be processed.", status.WaitingRequestCount);
        Gauge("vllm:kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", (double)status.UsedGpuTokens / status.TotalGpuTokens);
        return text.ToString();

        void Gauge(string name, string help, double value) => text.Append(
            CultureInfo.InvariantCulture,
            $"# HELP {name} {help}\n# TYPE {name} gauge\n{name}{{engine=\"0\",model_name=\"{Escape(model)}\"}} {value}\n");
    }

    private static string Escape(string label) =>
        label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
