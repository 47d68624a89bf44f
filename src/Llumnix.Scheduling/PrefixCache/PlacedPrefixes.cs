namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// The prefixes that were placed on one instance: its list of holdings from the one used last to the one used longest ago, and its hit in the newest
/// search. Links are indices of holdings; 0 is none.
/// </summary>
internal sealed class PlacedPrefixes
{
    /// <summary>The holding used last.</summary>
    internal int Newest { get; set; }

    /// <summary>The holding used longest ago.</summary>
    internal int Oldest { get; set; }

    /// <summary>Number of holdings.</summary>
    internal int Count { get; set; }

    /// <summary>The search that the hit belongs to.</summary>
    internal long Search { get; set; }

    /// <summary>Number of the prompt's leading chunks that it holds.</summary>
    internal int HitChunks { get; set; }

    /// <summary>The holding of the last of them.</summary>
    internal int Deepest { get; set; }

    /// <summary>What the engine says of its hits.</summary>
    internal PrefixHitCorrection Correction { get; } = new();
}
