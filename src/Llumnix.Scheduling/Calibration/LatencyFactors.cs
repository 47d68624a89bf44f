namespace Llumnix.Scheduling.Calibration;

/// <summary>What the latencies of one instance are multiplied by. All are 1 where nothing is corrected; always finite and above 0.</summary>
/// <param name="Prefill">For the table of prefill times.</param>
/// <param name="Decode">For the table of decode step times.</param>
/// <param name="TtftMargin">For a predicted time to first token before it is compared with the target.</param>
/// <param name="TpotMargin">For a predicted time per output token, or a decode step, before it is compared with the target.</param>
/// <param name="TtftStretch">
/// For the limit of a predicted time to first token with its margin, where the target need be no more likely to hold than to be missed; at least 1.
/// </param>
public readonly record struct LatencyFactors(double Prefill, double Decode, double TtftMargin, double TpotMargin, double TtftStretch)
{
    /// <summary>No correction.</summary>
    public static LatencyFactors None => new(1, 1, 1, 1, 1);
}
