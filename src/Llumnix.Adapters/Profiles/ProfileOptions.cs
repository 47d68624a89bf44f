using Llumnix.Scheduling.Calibration;

namespace Llumnix.Adapters.Profiles;

/// <summary>Where the profiling tables are.</summary>
public sealed record ProfileOptions
{
    /// <summary>JSON table of prefill times: <c>--ttft-profiling-data-path</c>; empty for none.</summary>
    public string TtftPath { get; init; } = "";

    /// <summary>JSON table of decode step times: <c>--tpot-profiling-data-path</c>; empty for none.</summary>
    public string TpotPath { get; init; } = "";

    /// <summary>What is done with the difference between predicted and actual latencies: <c>--latency-correction</c>.</summary>
    public LatencyCorrectionMode Correction { get; init; } = LatencyCorrectionMode.Observe;
}
