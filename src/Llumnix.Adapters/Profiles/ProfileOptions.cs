using Llumnix.Scheduling.Calibration;

namespace Llumnix.Adapters.Profiles;

/// <summary>Where the profiling tables are.</summary>
public sealed record ProfileOptions
{
    /// <summary>JSON table of prefill times: <c>--ttft-profiling-data-path</c>; empty for none.</summary>
    public string TtftPath { get; init; } = "";

    /// <summary>JSON table of decode step times: <c>--tpot-profiling-data-path</c>; empty for none.</summary>
    public string TpotPath { get; init; } = "";

    /// <summary>YAML file that chooses tables by class of instances: <c>--latency-profiles</c>; empty for none.</summary>
    public string ClassesPath { get; init; } = "";

    /// <summary>Whether there are tables for instances that no class names.</summary>
    public bool HasDefault => TtftPath.Length > 0 && TpotPath.Length > 0;

    /// <summary>Whether there are any tables.</summary>
    public bool HasTables => HasDefault || ClassesPath.Length > 0;

    /// <summary>What is done with the difference between predicted and actual latencies: <c>--latency-correction</c>.</summary>
    public LatencyCorrectionMode Correction { get; init; } = LatencyCorrectionMode.Observe;
}
