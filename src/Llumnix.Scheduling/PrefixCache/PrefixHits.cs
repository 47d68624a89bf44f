using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>The number of leading prompt tokens that each KV store host holds. Must not change while a decision reads it.</summary>
/// <param name="tokensByHost">Hit tokens by <see cref="InstanceMetadata.KvsHost"/>; absent hosts hold none.</param>
public sealed class PrefixHits(IReadOnlyDictionary<string, int> tokensByHost)
{
    /// <summary>The longest hit of any host, in tokens; 0 when there is none.</summary>
    public int Longest { get; } = tokensByHost.Count == 0 ? 0 : tokensByHost.Values.Max();

    /// <summary>Prefix hit tokens on an instance, at most the prompt's length.</summary>
    public int On(FullModeInstance instance, int promptTokens) =>
        tokensByHost.TryGetValue(instance.Metadata.KvsHost, out int tokens) ? Math.Clamp(tokens, 0, promptTokens) : 0;
}
