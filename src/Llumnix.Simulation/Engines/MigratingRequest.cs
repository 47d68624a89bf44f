namespace Llumnix.Simulation.Engines;

/// <summary>A request between two engines: all that its destination needs to go on with it.</summary>
/// <param name="Request">The request.</param>
/// <param name="EmittedTokens">Tokens that it has emitted so far.</param>
/// <param name="ComputedTokens">Tokens that have KV; 0 = it waits.</param>
/// <param name="NeedsLoad">Whether its prompt's KV is still to be pulled from a prefill engine.</param>
public sealed record MigratingRequest(EngineRequest Request, int EmittedTokens, int ComputedTokens, bool NeedsLoad)
{
    /// <summary>Whether it has KV. If not, it moves from queue to queue.</summary>
    public bool HasKv => ComputedTokens > 0;

    /// <summary>Whether the numbers can be those of a request that waits or decodes.</summary>
    public bool IsConsistent =>
        EmittedTokens >= 0
        && EmittedTokens < Request.OutputTokens
        && (ComputedTokens == 0 || ComputedTokens == (long)Request.PromptTokens + EmittedTokens - 1);
}
