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
            foreach (SchedulingMode mode in new[] { SchedulingMode.Neutral, SchedulingMode.PdBatch })
            {
                long bytes = Measure(instances, mode);
                failures += bytes == 0 ? 0 : 1;
                Console.WriteLine($"{mode} at {instances} instances: {bytes} bytes over {Decisions} decisions");
            }
        }

        return failures == 0 ? 0 : 1;
    }

    private static long Measure(int instances, SchedulingMode mode)
    {
        var loop = new DecisionLoop(BenchmarkFleet.Make(instances, mode == SchedulingMode.PdBatch), mode);
        Repeat(loop);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(loop);
        return GC.GetAllocatedBytesForCurrentThread() - before;
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
