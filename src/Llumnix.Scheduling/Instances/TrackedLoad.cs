namespace Llumnix.Scheduling.Instances;

/// <summary>Sums over the request states that a lite-mode instance holds. Never negative. What does not wait runs.</summary>
/// <param name="Requests">Request states.</param>
/// <param name="Tokens">Their tokens, prompt and output.</param>
/// <param name="WaitingRequests">Those whose prefill is not done.</param>
/// <param name="WaitingTokens">The tokens of those.</param>
public readonly record struct TrackedLoad(long Requests, long Tokens, long WaitingRequests, long WaitingTokens)
{
    /// <summary>Request states whose prefill is done.</summary>
    public long RunningRequests => Requests - WaitingRequests;

    /// <summary>The tokens of those.</summary>
    public long RunningTokens => Tokens - WaitingTokens;
}
