using System.Diagnostics;
using System.Globalization;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Benchmarks;

/// <summary>
/// Times a decision of every policy and mode in a few seconds, for <c>decision.sh</c>, which has two builds take turns. The shortest of many batches
/// is what other work on the machine disturbs the least.
/// </summary>
internal static class DecisionTimes
{
    /// <summary>So few that on a busy machine, too, some batches are not interrupted.</summary>
    private const int DecisionsPerBatch = 100;

    /// <summary>Long enough for the JIT to be done with optimizing.</summary>
    private static readonly TimeSpan TimePerCase = TimeSpan.FromSeconds(1.5);

    /// <summary>Prints a line per case: its name, a tab, nanoseconds per decision.</summary>
    /// <param name="part">Only the cases with this part in their names; empty for all.</param>
    internal static int Run(string part = "")
    {
        void Print(string what, Func<IRequestScheduler> make, SchedulingMode mode, LongPrompts? prompts = null, bool areLengthsMixed = false)
        {
            if (what.Contains(part, StringComparison.Ordinal))
            {
                Time(what, new DecisionLoop(make(), mode, prompts, areLengthsMixed));
            }
        }

        foreach (int instances in new[] { 16, 128, 1024 })
        {
            Print(
                $"prefix history, conversations {instances}",
                () => BenchmarkFleet.MakeWithHistory(instances),
                SchedulingMode.Neutral,
                LongPrompts.Conversations(2 * instances));
            Print(
                $"prefix history, branches {instances}",
                () => BenchmarkFleet.MakeWithHistory(instances),
                SchedulingMode.Neutral,
                LongPrompts.Branches(2 * instances));
            foreach (SchedulingMode mode in new[] { SchedulingMode.Neutral, SchedulingMode.PdBatch })
            {
                bool isSplit = mode == SchedulingMode.PdBatch;
                Print($"load-balance {mode} {instances}", () => BenchmarkFleet.Make(instances, isSplit), mode);
                Print($"load-balance, recorded {mode} {instances}", () => BenchmarkFleet.Make(instances, isSplit, decisionHistory: 10_000), mode);
                Print($"slo {mode} {instances}", () => BenchmarkFleet.MakeSlo(instances, isSplit, isAdaptivePd: false), mode);
                Print(
                    $"slo, mixed lengths {mode} {instances}",
                    () => BenchmarkFleet.MakeSlo(instances, isSplit, isAdaptivePd: false),
                    mode,
                    areLengthsMixed: true);
                Print($"slo, corrected {mode} {instances}", () => BenchmarkFleet.MakeCorrectedSlo(instances, isSplit, isAdaptivePd: false), mode);
                Print($"adaptive PD {mode} {instances}", () => BenchmarkFleet.MakeSlo(instances, isSplit, isAdaptivePd: true), mode);
                Print($"adaptive PD, corrected {mode} {instances}", () => BenchmarkFleet.MakeCorrectedSlo(instances, isSplit, isAdaptivePd: true), mode);
                Print(
                    $"slo, two classes {mode} {instances}",
                    () => BenchmarkFleet.MakeSlo(instances, isSplit, isAdaptivePd: false, isOfClasses: true),
                    mode);
                Print(
                    $"adaptive PD, two classes {mode} {instances}",
                    () => BenchmarkFleet.MakeSlo(instances, isSplit, isAdaptivePd: true, isOfClasses: true),
                    mode);
                Print($"lite {mode} {instances}", () => BenchmarkFleet.MakeLite(instances, isSplit), mode);
            }
        }

        return 0;
    }

    private static void Time(string what, DecisionLoop loop)
    {
        double shortest = double.PositiveInfinity;
        long first = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(first) < TimePerCase)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < DecisionsPerBatch; i++)
            {
                loop.Next();
            }

            shortest = Math.Min(shortest, Stopwatch.GetElapsedTime(start).TotalNanoseconds / DecisionsPerBatch);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}\t{shortest:0}"));
    }
}
