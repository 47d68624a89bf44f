using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>How many leading tokens of one prompt each instance holds, as far as is known.</summary>
public abstract class PrefixHits
{
    /// <summary>The longest hit of any instance, in tokens; 0 when there is none.</summary>
    public abstract int Longest { get; }

    /// <summary>Prefix hit tokens on an instance, at most the prompt's length.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="promptTokens">The prompt's length in tokens.</param>
    public abstract int On(FullModeInstance instance, int promptTokens);
}
