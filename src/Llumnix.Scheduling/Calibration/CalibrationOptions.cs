namespace Llumnix.Scheduling.Calibration;

/// <summary>How predictions are compared with actual latencies, and what follows from it.</summary>
public sealed record CalibrationOptions
{
    /// <summary>What is done with the measured factors: <c>--latency-correction</c>.</summary>
    public LatencyCorrectionMode Mode { get; init; } = LatencyCorrectionMode.Observe;

    /// <summary>
    /// The probability with which a target must hold for an instance to be eligible, above 0 and below 1; null: documented thresholds decide. Needs
    /// a mode other than <see cref="LatencyCorrectionMode.Off"/>.
    /// </summary>
    public double? Confidence { get; init; }

    /// <summary>Target time to first token, milliseconds, above 0.</summary>
    public double TtftTargetMs { get; init; } = 6000;

    /// <summary>Target time per output token, milliseconds, above 0.</summary>
    public double TpotTargetMs { get; init; } = 50;

    /// <summary>Share of the TTFT target up to which an instance is eligible until enough outcomes are known, above 0.</summary>
    public double InitialTtftShare { get; init; } = 1;

    /// <summary>Share of the TPOT target up to which an instance is eligible until enough outcomes are known, above 0.</summary>
    public double InitialTpotShare { get; init; } = 1;
}
