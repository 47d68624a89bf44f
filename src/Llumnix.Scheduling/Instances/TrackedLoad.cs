namespace Llumnix.Scheduling.Instances;

/// <summary>Tracked load: sums over the request states of a lite-mode instance. A state waits until its prefill is done, and then runs. Never negative.</summary>
/// <param name="Requests">Request states.</param>
/// <param name="Tokens">Their tokens, prompt and output.</param>
/// <param name="WaitingRequests">Request states whose prefill is not done.</param>
/// <param name="WaitingTokens">Tokens of the waiting request states.</param>
public readonly record struct TrackedLoad(long Requests, long Tokens, long WaitingRequests, long WaitingTokens)
{
    /// <summary>Request states whose prefill is done.</summary>
    public long RunningRequests => Requests - WaitingRequests;

    /// <summary>Tokens of the running request states.</summary>
    public long RunningTokens => Tokens - WaitingTokens;
}
