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
        Print(cpu, workingSet);
        return _failed == 0 ? 0 : 1;
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

    private void Print(TimeSpan cpu, long workingSet)
    {
        double perSecond = _latencies.Count / options.Duration.TotalSeconds;
        Console.WriteLine(
            $"{perSecond,9:F0} req/s  p50 {_latencies.Percentile(.5)} µs  p99 {_latencies.Percentile(.99)} µs  "
            + $"p99.9 {_latencies.Percentile(.999)} µs  not placed {_failed}  "
            + (options.ServerProcess == 0 ? "" : $"server CPU {cpu.TotalMicroseconds / _latencies.Count:F1} µs/req, "
                + $"{cpu.TotalSeconds / options.Duration.TotalSeconds:F3} cores, {workingSet >> 20} MiB"));
    }

    private static long ToTicks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);
}
