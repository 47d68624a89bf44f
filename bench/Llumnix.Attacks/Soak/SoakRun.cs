using System.Diagnostics;
using System.Globalization;

namespace Llumnix.Attacks.Soak;

/// <summary>Runs a soak over very many requests and watches the memory of this process.</summary>
internal static class SoakRun
{
    private const int Samples = 20;

    /// <summary>Samples before this one do not count for the growth: pools and tables find their size.</summary>
    private const int FirstSample = 4;

    /// <summary>Growth of resident memory that is still noise.</summary>
    private const long AllowedMiB = 16;

    /// <summary>Runs it and tells how it goes.</summary>
    /// <returns>Whether memory was flat and every account ended at zero.</returns>
    internal static bool Run(SchedulerSoak soak, long schedules)
    {
        Console.WriteLine($"{soak.Name} mode, {schedules:N0} schedules");
        long start = Stopwatch.GetTimestamp();
        long first = 0;
        long highest = 0;
        for (int sample = 1; sample <= Samples; sample++)
        {
            for (long i = schedules * (sample - 1) / Samples; i < schedules * sample / Samples; i++)
            {
                soak.Step();
            }

            (long resident, long heap) = Memory();
            first = sample == FirstSample ? resident : first;
            highest = Math.Max(highest, sample > FirstSample ? resident : 0);
            (int entries, int instances) = soak.Size;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {schedules * sample / Samples,12:N0} schedules  {Stopwatch.GetElapsedTime(start).TotalSeconds,5:F0} s  RSS {resident} MiB, "
                + $"heap {heap / 1024.0 / 1024:F1} MiB, {entries:N0} entries, {instances} instances"));
        }

        string? leftover = soak.End();
        bool isFlat = highest - first <= AllowedMiB;
        Console.WriteLine(
            $"  placed {soak.Placed:N0}; at the end {leftover ?? "every account is at zero"}; "
            + $"RSS grew by {Math.Max(0, highest - first)} MiB after a fifth of the way");
        return isFlat && leftover is null;
    }

    /// <summary>Resident memory in MiB and live bytes of the heap, after a collection.</summary>
    private static (long ResidentMiB, long HeapBytes) Memory()
    {
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        using var self = Process.GetCurrentProcess();
        return (self.WorkingSet64 / 1024 / 1024, heap);
    }
}
