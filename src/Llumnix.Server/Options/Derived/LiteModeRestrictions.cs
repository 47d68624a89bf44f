namespace Llumnix.Server.Options.Derived;

/// <summary>Lite mode switches off the features that need full mode.</summary>
internal static class LiteModeRestrictions
{
    private static readonly FullModeFeature[] Features =
    [
        new("enable-cache-aware-scheduling", "cache-aware scheduling", o => o.CacheAware.IsEnabled,
            o => o with { CacheAware = o.CacheAware with { IsEnabled = false } }),
        new("enable-predictor-enhanced-scheduling", "predictor-enhanced scheduling", o => o.PrefillProgress.IsEnabled,
            o => o with { PrefillProgress = o.PrefillProgress with { IsEnabled = false } }),
        new("enable-adaptive-pd", "adaptive PD", o => o.AdaptivePd.IsEnabled,
            o => o with { AdaptivePd = o.AdaptivePd with { IsEnabled = false } }),
        new("enable-rescheduling", "rescheduling",
            o => o.Rescheduling is { IsEnabled: true } or { IsColocated: true } or { IsStandalone: true },
            o => o with { Rescheduling = o.Rescheduling with { IsEnabled = false, IsColocated = false, IsStandalone = false } }),
    ];

    /// <summary>The features that the options ask for and lite mode lacks; none in full mode.</summary>
    public static IReadOnlyList<FullModeFeature> Refused(SchedulerOptions options) =>
        options.Mode.IsFull ? [] : Array.FindAll(Features, feature => feature.IsOn(options));

    /// <summary>The options without those features.</summary>
    public static SchedulerOptions Apply(SchedulerOptions options) =>
        Refused(options).Aggregate(options, static (restricted, feature) => feature.SwitchOff(restricted));
}
