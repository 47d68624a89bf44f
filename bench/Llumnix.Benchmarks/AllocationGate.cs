using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Benchmarks;

/// <summary>Fails when a decision allocates in steady state. Counts bytes, not time, so it is a gate on any machine.</summary>
internal static class AllocationGate
{
    private const int Decisions = 20_000;

    internal static int Run()
    {
        int failures = 0;
        foreach (int instances in new[] { 16, 128, 1024 })
        {
            failures += Check(
                $"prefix history, {instances} instances", BenchmarkFleet.MakeWithHistory(instances), SchedulingMode.Neutral, LongPrompts.Conversations(2 * instances));
            foreach (SchedulingMode mode in new[] { SchedulingMode.Neutral, SchedulingMode.PdBatch })
            {
                bool isDisaggregated = mode == SchedulingMode.PdBatch;
                failures += Check($"full mode, {mode}, {instances} instances", BenchmarkFleet.Make(instances, isDisaggregated), mode);
                failures += Check(
                    $"full mode with replicas, {mode}, {instances} instances", BenchmarkFleet.Make(instances, isDisaggregated, isReplicated: true), mode);
                failures += Check(
                    $"full mode with recorded decisions, {mode}, {instances} instances",
                    BenchmarkFleet.Make(instances, isDisaggregated, decisionHistory: 10_000),
                    mode);
                failures += Check($"slo, {mode}, {instances} instances", BenchmarkFleet.MakeSlo(instances, isDisaggregated, isAdaptivePd: false), mode);
                failures += Check($"adaptive PD, {mode}, {instances} instances", BenchmarkFleet.MakeSlo(instances, isDisaggregated, isAdaptivePd: true), mode);
                failures += Check(
                    $"slo of two classes, {mode}, {instances} instances",
                    BenchmarkFleet.MakeSlo(instances, isDisaggregated, isAdaptivePd: false, isOfClasses: true),
                    mode);
                failures += Check(
                    $"slo of corrected predictions, {mode}, {instances} instances",
                    BenchmarkFleet.MakeCorrectedSlo(instances, isDisaggregated, isAdaptivePd: false),
                    mode);
                failures += Check($"lite mode, {mode}, {instances} instances", BenchmarkFleet.MakeLite(instances, isDisaggregated), mode);
            }
        }

        return failures == 0 ? 0 : 1;
    }

    private static int Check(string what, IRequestScheduler scheduler, SchedulingMode mode, LongPrompts? prompts = null)
    {
        var loop = new DecisionLoop(scheduler, mode, prompts);
        Repeat(loop);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(loop);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Console.WriteLine($"{what}: {bytes} bytes over {Decisions} decisions");
        return bytes == 0 ? 0 : 1;
    }

    private static void Repeat(DecisionLoop loop)
    {
        for (int i = 0; i < Decisions; i++)
        {
            if (loop.Next() != ScheduleOutcome.Placed)
            {
                throw new InvalidOperationException("The benchmark's fleet refused a request.");
            }
        }
    }
}
