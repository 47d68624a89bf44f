using System.CommandLine;
using System.Diagnostics;
using Llumnix.Adapters.EngineSignals;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.LoadGenerator;

/// <summary><c>loadgen scraped</c> answers as many vLLM engines, one per port; <c>loadgen scrape</c> reads them and tells what that costs.</summary>
internal static class EngineScrapes
{
    private static readonly Option<int> Port = new("--port") { DefaultValueFactory = _ => 20000 };
    private static readonly Option<int> Count = new("--count") { DefaultValueFactory = _ => 1000 };
    private static readonly Option<int> IntervalMs = new("--interval-ms") { DefaultValueFactory = _ => 250 };
    private static readonly Option<int> Seconds = new("--duration") { DefaultValueFactory = _ => 15 };

    internal static Command ServeCommand()
    {
        var command = new Command("scraped", "Answers /metrics as vLLM does when asked for a few names, on many ports.") { Port, Count };
        command.SetAction((parsed, cancellation) => ServeAsync(parsed.GetValue(Port), parsed.GetValue(Count), cancellation));
        return command;
    }

    internal static Command ScrapeCommand()
    {
        var command = new Command("scrape", "Reads the load of many engines; prints CPU and memory of this process.") { Port, Count, IntervalMs, Seconds };
        command.SetAction((parsed, cancellation) => ScrapeAsync(
            parsed.GetValue(Port), parsed.GetValue(Count), parsed.GetValue(IntervalMs), TimeSpan.FromSeconds(parsed.GetValue(Seconds)), cancellation));
        return command;
    }

    private static Task ServeAsync(int port, int count, CancellationToken cancellation)
    {
        string[] names = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc", "prefix_cache_hits_total", "prefix_cache_queries_total",
            "prompt_tokens_total", "generation_tokens_total", "iteration_tokens_total_count", "num_preemptions_total", "request_prompt_tokens_sum",
            "request_prompt_tokens_count"];
        byte[] page = [.. names.SelectMany(name => System.Text.Encoding.UTF8.GetBytes(
            $"# HELP vllm:{name} What the series {name} counts.\n# TYPE vllm:{name} gauge\nvllm:{name}{{engine=\"0\",model_name=\"a-model\"}} 0.5\n"))];
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (int i = 0; i < count; i++)
            {
                kestrel.ListenLocalhost(port + i);
            }
        });
        WebApplication app = builder.Build();
        app.Run(context =>
        {
            context.Response.ContentLength = page.Length;
            return context.Response.Body.WriteAsync(page, context.RequestAborted).AsTask();
        });
        return app.RunAsync(cancellation);
    }

    private static async Task ScrapeAsync(int port, int count, int intervalMs, TimeSpan duration, CancellationToken cancellation)
    {
        await using var scraper = new EngineScraper(
            new EngineScraperOptions { Interval = TimeSpan.FromMilliseconds(intervalMs) }, new Ignored(), TimeProvider.System, NullLogger<EngineScraper>.Instance);
        for (int i = 0; i < count; i++)
        {
            scraper.Add(new EngineTarget($"e{i}", new Uri($"http://127.0.0.1:{port + i}")));
        }

        await Task.Delay(duration / 2, cancellation);
        using var process = Process.GetCurrentProcess();
        (TimeSpan cpu, long start, long reads) = (process.TotalProcessorTime, Stopwatch.GetTimestamp(), scraper.Reads);
        await Task.Delay(duration, cancellation);
        process.Refresh();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long failures = Enum.GetValues<EngineReadFailure>().Sum(scraper.Failures);
        Console.WriteLine(
            $"{(scraper.Reads - reads) / seconds:F0} reads/s, {(process.TotalProcessorTime - cpu).TotalSeconds / seconds:F2} cores, "
            + $"{process.WorkingSet64 >> 20} MiB, {failures} failures since the start");
    }

    private sealed class Ignored : IEngineSignalObserver
    {
        public void Recognised(EngineTarget engine, EngineFace face)
        {
        }

        public void Read(EngineTarget engine, IReadOnlyList<RankSignals> ranks, long askedAt, long answeredAt)
        {
        }

        public void ModelsRead(EngineTarget engine, IReadOnlyList<string> models)
        {
        }

        public void Failed(EngineTarget engine, EngineReadFailure reason)
        {
        }
    }
}
