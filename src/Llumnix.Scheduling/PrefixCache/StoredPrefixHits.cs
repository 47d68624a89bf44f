using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>The number of leading prompt tokens that each KV store host holds. Must not change while a decision reads it.</summary>
/// <param name="tokensByHost">Hit tokens by <see cref="InstanceMetadata.KvsHost"/>; absent hosts hold none.</param>
public sealed class StoredPrefixHits(IReadOnlyDictionary<string, int> tokensByHost) : PrefixHits
{
    /// <inheritdoc/>
    public override int Longest { get; } = tokensByHost.Count == 0 ? 0 : tokensByHost.Values.Max();

    /// <inheritdoc/>
    public override int On(FullModeInstance instance, int promptTokens) =>
        tokensByHost.TryGetValue(instance.Metadata.KvsHost, out int tokens) ? Math.Clamp(tokens, 0, promptTokens) : 0;
}
