using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the policy settings, which both modes share, from the options.</summary>
internal static class PolicyFactory
{
    /// <param name="options">The dispatch options.</param>
    /// <param name="cacheAware">Whether and how prefix hits steer placements; null: they do not.</param>
    internal static PolicySettings SettingsOf(DispatchOptions options, CacheAwareOptions? cacheAware) => new()
    {
        Neutral = Dispatch(options.Neutral),
        Prefill = Dispatch(options.Prefill),
        Decode = Dispatch(options.Decode),
        TopK = options.TopK,
        CacheLocalityMetric = cacheAware is { IsEnabled: true } ? cacheAware.LocalityMetric : null,
        CacheLocalityTolerance = cacheAware?.LocalityTolerance ?? 0,
    };

    internal static Random MakeRandom(int seed) =>
        new(seed != 0 ? seed : System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));

    private static RoleDispatch Dispatch(LoadCriterion criterion) => new(criterion.Metric, criterion.Threshold);
}
