namespace Llumnix.Simulation.Engines;

/// <summary>The state of a request in migration: all that its destination needs to continue it.</summary>
/// <param name="Request">The request.</param>
/// <param name="EmittedTokens">Tokens that it has emitted so far.</param>
/// <param name="ComputedTokens">Tokens that have KV; 0 = the request is waiting.</param>
/// <param name="NeedsLoad">Whether its prompt's KV has yet to be pulled from a prefill engine.</param>
public sealed record MigratingRequest(EngineRequest Request, int EmittedTokens, int ComputedTokens, bool NeedsLoad)
{
    /// <summary>Whether it has KV. A request without KV moves from queue to queue.</summary>
    public bool HasKv => ComputedTokens > 0;

    /// <summary>Whether the numbers are possible for a request that waits or decodes.</summary>
    public bool IsConsistent =>
        EmittedTokens >= 0
        && EmittedTokens < Request.OutputTokens
        && (ComputedTokens == 0 || ComputedTokens == (long)Request.PromptTokens + EmittedTokens - 1);
}
