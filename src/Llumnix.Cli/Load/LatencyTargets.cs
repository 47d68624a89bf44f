namespace Llumnix.Cli.Load;

/// <summary>Latency targets of a request.</summary>
/// <param name="Ttft">Whether a completed request met both; with a single token there is no time per output token to miss.</param>
/// <param name="Tpot">Time per output token.</param>
internal sealed record LatencyTargets(TimeSpan Ttft, TimeSpan Tpot)
{
    /// <summary>Whether a completed request met both; one with a single token has no time per output token.</summary>
    public bool AreMetBy(RequestTimeline timeline) => timeline.Ttft <= Ttft && (timeline.Tpot ?? TimeSpan.Zero) <= Tpot;
}
