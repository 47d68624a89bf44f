using System.Diagnostics;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Benchmarks;

/// <summary>
/// The tail of decisions while another thread takes over 1,024 new statuses every 50 ms, beside the tail while nobody does. Without HTTP,
/// so that what is seen is the waiting for the lock.
/// </summary>
internal static class RefreshTail
{
    private const int Instances = 1024;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    internal static async Task<int> RunAsync()
    {
        foreach (bool isRefreshed in new[] { false, true, false, true })
        {
            FullModeScheduler scheduler = BenchmarkFleet.Make(Instances, isDisaggregated: false);
            List<InstanceReading>[] updates = [.. Enumerable.Range(2, 180).Select(u => BenchmarkFleet.Readings(Instances, isDisaggregated: false, u))];
            using var stop = new CancellationTokenSource();
            Task refreshing = isRefreshed ? RefreshAsync(scheduler, updates, stop.Token) : Task.CompletedTask;
            long[] durations = Decide(new DecisionLoop(scheduler, SchedulingMode.Neutral));
            await stop.CancelAsync();
            await refreshing;
            Print(isRefreshed, durations);
        }

        return 0;
    }

    private static async Task RefreshAsync(FullModeScheduler scheduler, List<InstanceReading>[] updates, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval);
        for (int i = 0; i < updates.Length && !stop.IsCancellationRequested; i++)
        {
            scheduler.Synchronize(updates[i]);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Spins between decisions, so that the operating system has no reason to step in.</summary>
    private static long[] Decide(DecisionLoop loop)
    {
        for (int i = 0; i < 50_000; i++)
        {
            loop.Next();
        }

        var durations = new List<long>(1_000_000);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < Length)
        {
            long before = Stopwatch.GetTimestamp();
            loop.Next();
            durations.Add(Stopwatch.GetTimestamp() - before);
            Thread.SpinWait(300);
        }

        durations.Sort();
        return [.. durations];
    }

    private static void Print(bool isRefreshed, long[] durations)
    {
        double Microseconds(double share) => durations[(int)(share * (durations.Length - 1))] * 1e6 / Stopwatch.Frequency;
        Console.WriteLine(
            $"{(isRefreshed ? "refreshed every 50 ms" : "not refreshed        ")}: {durations.Length} decisions, "
            + $"p50 {Microseconds(.5):F2} µs, p99 {Microseconds(.99):F2} µs, p99.9 {Microseconds(.999):F2} µs, p99.99 {Microseconds(.9999):F2} µs");
    }
}
