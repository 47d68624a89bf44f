using System.CommandLine;
using System.Diagnostics;

namespace Llumnix.LoadGenerator.Gateways;

/// <summary><c>loadgen hold</c>: opens many streams at once, keeps them open and prints the memory that the server then holds.</summary>
internal static class OpenStreams
{
    private const int Parallel = 64;

    internal static Command Command()
    {
        var port = new Option<int>("--port") { Required = true };
        var streams = new Option<int>("--streams") { DefaultValueFactory = _ => 5000 };
        var duration = new Option<double>("--duration") { DefaultValueFactory = _ => 10, Description = "seconds" };
        var process = new Option<int>("--server-pid") { Required = true };
        var command = new Command("hold", "Holds many streams open.") { port, streams, duration, process };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(port), parsed.GetValue(streams), TimeSpan.FromSeconds(parsed.GetValue(duration)), parsed.GetValue(process), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int port, int streams, TimeSpan duration, int process, CancellationToken cancellation)
    {
        byte[] request = new LoadShape("", 1, 1_000_000, 1, TimeSpan.FromSeconds(1)).Request();
        var connections = Enumerable.Range(0, streams).Select(static _ => new CompletionConnection()).ToList();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var opening = new SemaphoreSlim(Parallel);
        double before = MiB(process);
        Task[] running = [.. connections.Select(connection => HoldAsync(connection, port, request, opening, end.Token))];
        long start = Stopwatch.GetTimestamp();
        while (connections.Any(static connection => connection.Events == 0) && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1))
        {
            await Task.Delay(100, cancellation);
        }

        TimeSpan cpu = ProcessCpu.Of(process);
        double most = 0;
        for (start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < duration;)
        {
            await Task.Delay(100, cancellation);
            most = Math.Max(most, MiB(process));
        }

        cpu = ProcessCpu.Of(process) - cpu;
        int open = connections.Count(static connection => connection.Events > 0);
        int ended = running.Count(static task => task.IsCompleted);
        Console.WriteLine($"  {open} streams open, {ended} ended early: {most:F0} MiB ({before:F0} MiB before), {cpu.TotalSeconds / duration.TotalSeconds:F2} cores for an event a second each");
        await end.CancelAsync();
        await Task.WhenAll(running.Select(static task => task.ContinueWith(static _ => { }, TaskScheduler.Default)));
        connections.ForEach(static connection => connection.Dispose());
        return open == streams && ended == 0 ? 0 : 1;
    }

    private static async Task HoldAsync(CompletionConnection connection, int port, byte[] request, SemaphoreSlim opening, CancellationToken cancellation)
    {
        await opening.WaitAsync(cancellation);
        bool isOpening = true;
        await connection.ConnectAsync(port, cancellation);
        await connection.RunAsync(
            request,
            () =>
            {
                if (isOpening)
                {
                    isOpening = false;
                    opening.Release();
                }
            },
            cancellation);
    }

    private static double MiB(int process)
    {
        using Process server = Process.GetProcessById(process);
        return server.WorkingSet64 / 1048576.0;
    }
}
