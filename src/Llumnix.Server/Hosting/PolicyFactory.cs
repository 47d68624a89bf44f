using Llumnix.Scheduling.Policies;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the policy settings, which both modes share, from the options.</summary>
internal static class PolicyFactory
{
    /// <param name="options">The dispatch options.</param>
    /// <param name="isCacheAware">Whether prefix hits steer placements.</param>
    internal static PolicySettings SettingsOf(DispatchOptions options, bool isCacheAware) => new()
    {
        Neutral = Dispatch(options.Neutral),
        Prefill = Dispatch(options.Prefill),
        Decode = Dispatch(options.Decode),
        TopK = options.TopK,
        CacheLocalityMetric = isCacheAware ? options.PrefillCacheLocalityMetric : null,
        CacheLocalityTolerance = options.CacheLocalityTolerance,
    };

    internal static Random MakeRandom(int seed) =>
        new(seed != 0 ? seed : System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));

    private static RoleDispatch Dispatch(LoadCriterion criterion) => new(criterion.Metric, criterion.Threshold);
}
