using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;

namespace Llumnix.LoadGenerator;

/// <summary>
/// <c>loadgen engines</c>: answers /metrics as so many vLLM engines, each on a free port of its own, always with the full page: an engine that does not heed the
/// restriction to names. Running and waiting requests and the KV in use change from answer to answer. Prints the addresses, with commas between, on one line.
/// </summary>
internal static class EnginePages
{
    /// <summary>So many different pages go round.</summary>
    private const int Loads = 64;

    private const string Labels = "engine=\"0\",model_name=\"meta-llama/Llama-3.1-8B-Instruct\"";

    private static readonly string[] Counters =
    [
        "prefix_cache_queries_total", "prefix_cache_hits_total", "external_prefix_cache_queries_total", "external_prefix_cache_hits_total", "mm_cache_queries_total",
        "mm_cache_hits_total", "num_preemptions_total", "prompt_tokens_total", "generation_tokens_total",
    ];

    private static readonly string[] Ends = ["stop", "length", "abort", "error"];

    private static readonly string[] Histograms =
    [
        "time_to_first_token_seconds", "inter_token_latency_seconds", "e2e_request_latency_seconds", "request_queue_time_seconds", "request_prefill_time_seconds",
        "request_decode_time_seconds", "request_prompt_tokens", "iteration_tokens_total",
    ];

    private static readonly string[] Bounds =
        ["0.001", "0.005", "0.01", "0.02", "0.04", "0.06", "0.08", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0", "7.5", "10.0", "20.0", "40.0", "80.0", "+Inf"];

    internal static Command Command()
    {
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 1000 };
        var command = new Command("engines", "Answers full pages of metrics as many vLLM engines; prints their addresses.") { count };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(count), cancellation));
        return command;
    }

    private static async Task RunAsync(int count, CancellationToken cancellation)
    {
        byte[][] pages = [.. Enumerable.Range(0, Loads).Select(static load => Encoding.UTF8.GetBytes(PageOf(load)))];
        int answers = 0;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (int i = 0; i < count; i++)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
        });
        await using WebApplication app = builder.Build();
        app.Run(context =>
        {
            if (context.Request.Path != "/metrics")
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            byte[] page = pages[(uint)Interlocked.Increment(ref answers) % Loads];
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            context.Response.ContentLength = page.Length;
            return context.Response.Body.WriteAsync(page, context.RequestAborted).AsTask();
        });
        await app.StartAsync(cancellation);
        Console.WriteLine(string.Join(',', app.Urls.Select(static url => new Uri(url).Authority)));
        await app.WaitForShutdownAsync(cancellation);
    }

    /// <summary>A page of some 200 series.</summary>
    private static string PageOf(int load)
    {
        var page = new StringBuilder();
        Family("num_requests_running", "gauge", "Number of requests in model execution batches.");
        Sample("num_requests_running", "", load);
        Family("num_requests_waiting", "gauge", "Number of requests waiting to be processed.");
        Sample("num_requests_waiting", "", load % 4);
        Family("num_requests_waiting_by_reason", "gauge", "Number of requests waiting to be processed, by reason.");
        Sample("num_requests_waiting_by_reason", ",reason=\"capacity\"", load % 4);
        Sample("num_requests_waiting_by_reason", ",reason=\"deferred\"", 0);
        Family("engine_sleep_state", "gauge", "Whether the engine is awake or asleep, by level.");
        Sample("engine_sleep_state", ",sleep_state=\"awake\"", 1);
        Sample("engine_sleep_state", ",sleep_state=\"weights_offloaded\"", 0);
        Sample("engine_sleep_state", ",sleep_state=\"discard_all\"", 0);
        Family("kv_cache_usage_perc", "gauge", "KV cache usage, 1 for all of it.");
        Sample("kv_cache_usage_perc", "", load / (double)Loads);
        foreach (string counter in Counters)
        {
            Family(counter, "counter", "How many there were since the engine began.");
            Sample(counter, "", 7_654_321);
        }

        Family("request_success_total", "counter", "Requests that have ended, by reason.");
        foreach (string end in Ends)
        {
            Sample("request_success_total", $",finished_reason=\"{end}\"", 1234);
        }

        foreach (string histogram in Histograms)
        {
            Family(histogram, "histogram", "How often which value was observed since the engine began.");
            for (int i = 0; i < Bounds.Length; i++)
            {
                Sample(histogram + "_bucket", $",le=\"{Bounds[i]}\"", 100 * i);
            }

            Sample(histogram + "_sum", "", 654_321.25);
            Sample(histogram + "_count", "", 1900);
        }

        Family("cache_config_info", "gauge", "Configuration of the KV cache.");
        page.Append("vllm:cache_config_info{block_size=\"16\",cache_dtype=\"auto\",engine=\"0\",gpu_memory_utilization=\"0.9\",kv_cache_size_tokens=\"945024\",num_gpu_blocks=\"59064\"} 1.0\n");
        Family("lora_requests_info", "gauge", "Requests with adapters.");
        page.Append("vllm:lora_requests_info{max_lora=\"0\",running_lora_adapters=\"\",waiting_lora_adapters=\"\"} 1.79e+09\n");
        return page.ToString();

        void Family(string name, string type, string help) =>
            page.Append(CultureInfo.InvariantCulture, $"# HELP vllm:{name} {help}\n# TYPE vllm:{name} {type}\n");

        void Sample(string name, string more, double value) =>
            page.Append(CultureInfo.InvariantCulture, $"vllm:{name}{{{Labels}{more}}} {value:0.0###}\n");
    }
}
