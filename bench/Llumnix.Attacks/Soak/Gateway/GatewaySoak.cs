using System.Diagnostics;
using System.Globalization;
using Llumnix.Attacks.Harness;
using Llumnix.EngineEmulator;
using Llumnix.Testing.Servers;

namespace Llumnix.Attacks.Soak.Gateway;

/// <summary>
/// <c>llumnix gateway</c> and a scheduler of full mode as processes, over a real Redis and emulated engines. Clients go now and then; Redis is killed and comes back
/// empty, then the scheduler is killed and comes back. No request stays without an answer or an error, memory and threads do not grow, nothing is accounted for at the end.
/// </summary>
/// <param name="program">Path of llumnix.dll.</param>
/// <param name="requests">How many requests, at least 100.</param>
internal sealed class GatewaySoak(string program, int requests)
{
    private const int Concurrency = 64;
    private const int Engines = 4;
    private const int Samples = 10;

    /// <summary>Samples before this one do not count for the growth: pools find their size.</summary>
    private const int FirstSample = 3;

    /// <summary>Growth of resident memory that is still noise.</summary>
    private const long AllowedMiB = 64;

    /// <summary>Growth of the number of threads that is still noise: the thread pool follows the load.</summary>
    private const long AllowedThreads = 16;

    private const int ShownProblems = 5;
    private static readonly SchedulerLimits Limits = new(4096);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly int[] _outcomes = new int[Enum.GetValues<SoakOutcome>().Length];
    private readonly int _schedulerPort = FreePort.Find(1)[0];
    private int _next;

    /// <summary>Runs it and tells how it goes.</summary>
    internal async Task<bool> RunAsync(CancellationToken cancellation)
    {
        Console.WriteLine(Text($"gateway, {requests:N0} requests, {Concurrency} at a time, {Engines} engines, every tenth client goes"));
        await using RedisServer redis = await RedisServer.StartAsync();
        await using EngineHost engines = await StartEnginesAsync(redis, cancellation);
        LlumnixProcess scheduler = await StartSchedulerAsync(redis, cancellation);
        try
        {
            await using LlumnixProcess gateway = await LlumnixProcess.StartAsync(
                program,
                "gateway",
                FreePort.Find(1)[0],
                [
                    Text($"--scheduler-endpoints=127.0.0.1:{_schedulerPort}"), "--discovery-redis-host=127.0.0.1", Text($"--discovery-redis-port={redis.Port}"),
                ],
                Limits,
                logFile: null,
                cancellation);
            using var client = new SoakClient(gateway.Port);
            var figures = new List<(long Resident, long Threads)>();
            for (int sample = 1; sample <= Samples; sample++)
            {
                string events = "";
                switch (sample)
                {
                    case 5:
                        await redis.KillAsync();
                        events = "without Redis";
                        break;
                    case 6:
                        await redis.RestartAsync();
                        events = "Redis is back, empty";
                        break;
                    case 8:
                        await scheduler.DisposeAsync();
                        events = "without the scheduler";
                        break;
                    case 9:
                        scheduler = await StartSchedulerAsync(redis, cancellation);
                        events = "the scheduler is back";
                        break;
                }

                await SendAsync(client, (int)((long)requests * sample / Samples), cancellation);
                figures.Add((gateway.ResidentMiB, gateway.Threads));
                Console.WriteLine(Text($"  {_next,9:N0} requests  RSS {gateway.ResidentMiB} MiB, {gateway.Threads} threads  {events}"));
            }

            return await JudgeAsync(client, engines, figures, cancellation);
        }
        finally
        {
            await scheduler.DisposeAsync();
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static Task<EngineHost> StartEnginesAsync(RedisServer redis, CancellationToken cancellation)
    {
        string address = Text($"127.0.0.1:{redis.Port}");
        return EngineHost.StartAsync(
            new EngineHostOptions
            {
                CmsRedis = address + ",abortConnect=false",
                DiscoveryRedis = address + ",abortConnect=false",
                DiscoveryInterval = TimeSpan.FromSeconds(1),
                Engines = [.. Enumerable.Range(0, Engines).Select(static _ => new EmulatedEngineOptions())],
            },
            cancellation);
    }

    private Task<LlumnixProcess> StartSchedulerAsync(RedisServer redis, CancellationToken cancellation) => LlumnixProcess.StartAsync(
        program, "scheduler", _schedulerPort, ["--cms-redis-host=127.0.0.1", Text($"--cms-redis-port={redis.Port}")], Limits, logFile: null, cancellation);

    private async Task SendAsync(SoakClient client, int until, CancellationToken cancellation)
    {
        await Parallel.ForAsync(_next, until, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation }, async (number, _) =>
        {
            (SoakOutcome outcome, string problem) = await client.SendAsync(number);
            if (Interlocked.Increment(ref _outcomes[(int)outcome]) <= ShownProblems && outcome == SoakOutcome.Bad)
            {
                Console.WriteLine(Text($"  request {number}: {problem[..Math.Min(problem.Length, 300)]}"));
            }
        });
        _next = until;
    }

    private async Task<bool> JudgeAsync(SoakClient client, EngineHost engines, List<(long Resident, long Threads)> figures, CancellationToken cancellation)
    {
        string leftover = await WaitForZeroAsync(client, engines, cancellation);
        (long Resident, long Threads) first = figures[FirstSample - 1];
        long grown = figures.Skip(FirstSample).Max(static figure => figure.Resident) - first.Resident;
        long threads = figures.Skip(FirstSample).Max(static figure => figure.Threads) - first.Threads;
        string outcomes = string.Join(", ", Enum.GetValues<SoakOutcome>().Select(outcome => Text($"{outcome} {_outcomes[(int)outcome]:N0}")));
        Console.WriteLine("  " + outcomes);
        Console.WriteLine(Text(
            $"  at the end {(leftover.Length == 0 ? "every account is at zero" : leftover)}; after three tenths of the way RSS grew by {Math.Max(0, grown)} MiB, threads by {Math.Max(0, threads)}"));
        return _outcomes[(int)SoakOutcome.Bad] == 0 && leftover.Length == 0 && grown <= AllowedMiB && threads <= AllowedThreads;
    }

    /// <summary>Waits until gateway, scheduler and engines account for nothing; otherwise tells what is left.</summary>
    private async Task<string> WaitForZeroAsync(SoakClient client, EngineHost engines, CancellationToken cancellation)
    {
        using var scheduler = new SoakClient(_schedulerPort);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            double current = await client.ReadMetricAsync("gateway_current_requests");
            double waiting = await client.ReadMetricAsync("gateway_pending_requests");
            double entries = await scheduler.ReadMetricAsync("scheduler_ledger_entries");
            int running = engines.Engines.Sum(static engine => engine.Status().RunningRequestCount);
            if (current == 0 && waiting == 0 && entries == 0 && running == 0)
            {
                return "";
            }

            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"{current} requests, {waiting} of them waiting, {entries} ledger entries and {running} running in engines are left over");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
        }
    }
}
