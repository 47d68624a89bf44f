using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>The hits of the prompt that a <see cref="PrefixHistory"/> was searched for last. Read under the scheduler's lock only.</summary>
internal sealed class RoutedPrefixHits(PrefixHistory history) : PrefixHits
{
    /// <inheritdoc/>
    public override int Longest => history.LongestHitTokens;

    /// <inheritdoc/>
    public override int On(FullModeInstance instance, int promptTokens) => history.HitTokensOn(instance.PrefixHistoryId, promptTokens);
}
