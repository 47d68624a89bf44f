namespace Llumnix.Scheduling.Instances;

/// <summary>The load of an instance in the four numbers that dashboards show.</summary>
/// <param name="KvCacheUsageRatioProjected">See <see cref="Metrics.KvCacheUsageRatioProjected"/>.</param>
/// <param name="DecodeBatchSize">See <see cref="Metrics.DecodeBatchSize"/>.</param>
/// <param name="AllPrefillsTokens">See <see cref="Metrics.AllPrefillsTokens"/>; minus the predicted progress of prefills, where it is predicted.</param>
/// <param name="AllDecodesTokens">See <see cref="Metrics.AllDecodesTokens"/>.</param>
public readonly record struct InstanceLoad(
    double KvCacheUsageRatioProjected,
    double DecodeBatchSize,
    double AllPrefillsTokens,
    double AllDecodesTokens)
{
    internal static InstanceLoad Of(FullModeInstance instance, double nowMs) => new(
        InstanceSums.ProjectedKvUsage(instance),
        InstanceSums.DecodeRequests(instance),
        Math.Max(0, InstanceSums.UncomputedPrefillTokens(instance) - instance.PredictComputedTokens(nowMs)),
        InstanceSums.DecodeTokens(instance));
}
