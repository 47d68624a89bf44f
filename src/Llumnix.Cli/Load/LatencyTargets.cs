namespace Llumnix.Cli.Load;

/// <summary>What a request's latencies should not exceed.</summary>
/// <param name="Ttft">Time to first token.</param>
/// <param name="Tpot">Time per output token.</param>
internal sealed record LatencyTargets(TimeSpan Ttft, TimeSpan Tpot)
{
    /// <summary>Whether a completed request met both; one with a single token has no time per output token.</summary>
    public bool AreMetBy(RequestTimeline timeline) => timeline.Ttft <= Ttft && (timeline.Tpot ?? TimeSpan.Zero) <= Tpot;
}
