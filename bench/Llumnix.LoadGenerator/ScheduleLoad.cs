using System.CommandLine;
using System.Diagnostics;

namespace Llumnix.LoadGenerator;

/// <summary><c>loadgen schedule</c>: many connections, unique ids; prints rate, latencies, and CPU and working set of the server.</summary>
internal sealed class ScheduleLoad(LoadOptions options)
{
    private readonly RequestTemplate _template = new(options);
    private readonly LatencyRecorder _latencies = new();
    private readonly Lock _merging = new();
    private long _nextId = Stopwatch.GetTimestamp() % 1_000_000_000 * 1_000_000;
    private long _failed;
    private long _measureFrom;
    private long _end;

    internal static Command Command()
    {
        var host = new Option<string>("--host") { DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { DefaultValueFactory = _ => 8002 };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 64 };
        var duration = new Option<double>("--duration") { DefaultValueFactory = _ => 10, Description = "seconds" };
        var warmUp = new Option<double>("--warm-up") { DefaultValueFactory = _ => 5, Description = "seconds" };
        var rate = new Option<int>("--rate") { Description = "requests/s; 0 = as fast as it goes" };
        var tokenIds = new Option<int>("--token-ids");
        var mode = new Option<string>("--mode") { DefaultValueFactory = _ => "neutral" };
        var process = new Option<int>("--server-pid");
        var command = new Command("schedule", "Sends POST /schedule.") { host, port, connections, duration, warmUp, rate, tokenIds, mode, process };
        command.SetAction((parsed, cancellation) => new ScheduleLoad(new LoadOptions(
            parsed.GetValue(host)!,
            parsed.GetValue(port),
            parsed.GetValue(connections),
            TimeSpan.FromSeconds(parsed.GetValue(duration)),
            TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
            parsed.GetValue(rate),
            parsed.GetValue(tokenIds),
            parsed.GetValue(mode)!,
            parsed.GetValue(process))).RunAsync(cancellation));
        return command;
    }

    private async Task<int> RunAsync(CancellationToken cancellation)
    {
        ScheduleFigures figures = await MeasureAsync(cancellation);
        Console.WriteLine(
            $"{figures.RequestsPerSecond,9:F0} req/s  p50 {figures.P50} µs  p99 {figures.P99} µs  p99.9 {figures.P999} µs  not placed {figures.NotPlaced}  "
            + (options.ServerProcess == 0 ? "" : $"server CPU {figures.CpuPerRequest:F1} µs/req, {figures.Cores:F3} cores, {figures.WorkingSet >> 20} MiB"));
        return figures.NotPlaced == 0 ? 0 : 1;
    }

    /// <summary>Sends for the options' time. Once per object.</summary>
    /// <exception cref="IOException">The server closed a connection.</exception>
    internal async Task<ScheduleFigures> MeasureAsync(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        _measureFrom = start + ToTicks(options.WarmUp);
        _end = _measureFrom + ToTicks(options.Duration);
        Task[] connections = [.. Enumerable.Range(0, options.Connections).Select(i => Task.Run(() => RunConnectionAsync(i, start, cancellation)))];
        await Task.Delay(options.WarmUp, cancellation);
        TimeSpan cpuBefore = ProcessCpu.Of(options.ServerProcess);
        await Task.Delay(options.Duration, cancellation);
        TimeSpan cpu = ProcessCpu.Of(options.ServerProcess) - cpuBefore;
        long workingSet = ProcessMemory.Of(options.ServerProcess);
        await Task.WhenAll(connections);
        return new ScheduleFigures(
            _latencies.Count / options.Duration.TotalSeconds,
            _latencies.Percentile(.5),
            _latencies.Percentile(.99),
            _latencies.Percentile(.999),
            _failed,
            cpu.TotalMicroseconds / _latencies.Count,
            cpu.TotalSeconds / options.Duration.TotalSeconds,
            workingSet);
    }

    private async Task RunConnectionAsync(int index, long start, CancellationToken cancellation)
    {
        using var connection = new HttpConnection();
        await connection.ConnectAsync(options.Host, options.Port, cancellation);
        byte[] request = _template.NewBuffer();
        var latencies = new LatencyRecorder();
        long interval = options.RequestsPerSecond == 0 ? 0 : Stopwatch.Frequency * options.Connections / options.RequestsPerSecond;
        long due = start + (interval * index / options.Connections);
        for (; Stopwatch.GetTimestamp() < _end; due += interval)
        {
            await WaitUntilAsync(due, cancellation);
            _template.SetId(request, Interlocked.Increment(ref _nextId));
            long sent = Stopwatch.GetTimestamp();
            int status = await connection.RoundTripAsync(request, cancellation);
            if (sent >= _measureFrom)
            {
                latencies.Record(Stopwatch.GetElapsedTime(sent));
                if (status != 200)
                {
                    Interlocked.Increment(ref _failed);
                }
            }
        }

        lock (_merging)
        {
            _latencies.Add(latencies);
        }
    }

    private static async ValueTask WaitUntilAsync(long due, CancellationToken cancellation)
    {
        TimeSpan wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (wait > TimeSpan.FromMilliseconds(0.5))
        {
            await Task.Delay(wait, cancellation);
        }
    }

    private static long ToTicks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);
}
