namespace Llumnix.EngineEmulator.Migration;

/// <summary>The final state of a request that is handed over.</summary>
internal sealed record HandOverMessage(int EmittedTokens, int ComputedTokens, bool NeedsLoad);
