using BenchmarkDotNet.Attributes;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Benchmarks;

/// <summary>One decision with everything around it: lock, clock, health with node-unit failover domains, filters, selector, ledger, release.</summary>
[MemoryDiagnoser]
public class DecisionBenchmarks
{
    private DecisionLoop _loop = null!;

    /// <summary>Fleet size.</summary>
    [Params(16, 128, 1024)]
    public int Instances { get; set; }

    /// <summary>Neutral, or a prefill and a decode instance at once.</summary>
    [Params(SchedulingMode.Neutral, SchedulingMode.PdBatch)]
    public SchedulingMode Mode { get; set; }

    /// <summary>Lite mode instead of full mode.</summary>
    [Params(false, true)]
    public bool IsLite { get; set; }

    /// <summary>Builds the fleet.</summary>
    [GlobalSetup]
    public void Setup()
    {
        bool isDisaggregated = Mode == SchedulingMode.PdBatch;
        IRequestScheduler scheduler = IsLite
            ? BenchmarkFleet.MakeLite(Instances, isDisaggregated)
            : BenchmarkFleet.Make(Instances, isDisaggregated);
        _loop = new DecisionLoop(scheduler, Mode);
    }

    /// <summary>The decision.</summary>
    [Benchmark]
    public ScheduleOutcome Decide() => _loop.Next();
}
