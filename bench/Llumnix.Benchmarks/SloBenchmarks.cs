using BenchmarkDotNet.Attributes;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Benchmarks;

/// <summary>One decision of the slo policy with everything around it.</summary>
[MemoryDiagnoser]
public class SloBenchmarks
{
    private DecisionLoop _loop = null!;

    /// <summary>Fleet size.</summary>
    [Params(16, 128, 1024)]
    public int Instances { get; set; }

    /// <summary>Neutral, or a prefill and a decode instance at once.</summary>
    [Params(SchedulingMode.Neutral, SchedulingMode.PdBatch)]
    public SchedulingMode Mode { get; set; }

    /// <summary>With roles that follow the work.</summary>
    [Params(false, true)]
    public bool IsAdaptivePd { get; set; }

    /// <summary>Builds the fleet.</summary>
    [GlobalSetup]
    public void Setup() =>
        _loop = new DecisionLoop(BenchmarkFleet.MakeSlo(Instances, Mode == SchedulingMode.PdBatch, IsAdaptivePd), Mode);

    /// <summary>The decision.</summary>
    [Benchmark]
    public ScheduleOutcome Decide() => _loop.Next();
}
