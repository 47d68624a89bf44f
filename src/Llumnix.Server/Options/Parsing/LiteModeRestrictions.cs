namespace Llumnix.Server.Options.Parsing;

/// <summary>Switches features off that lite mode does not have, with a warning each.</summary>
internal static class LiteModeRestrictions
{
    private static readonly FullModeFeature[] Features =
    [
        new("enable-cache-aware-scheduling", "cache-aware scheduling", o => o.CacheAware.IsEnabled,
            o => o with { CacheAware = o.CacheAware with { IsEnabled = false } }),
        new("enable-predictor-enhanced-scheduling", "predictor-enhanced scheduling", o => o.Predictor.IsEnabled,
            o => o with { Predictor = o.Predictor with { IsEnabled = false } }),
        new("enable-adaptive-pd", "adaptive PD", o => o.AdaptivePd.IsEnabled,
            o => o with { AdaptivePd = o.AdaptivePd with { IsEnabled = false } }),
        new("enable-rescheduling", "rescheduling",
            o => o.Rescheduling is { IsEnabled: true } or { IsColocated: true } or { IsStandalone: true },
            o => o with { Rescheduling = o.Rescheduling with { IsEnabled = false, IsColocated = false, IsStandalone = false } }),
    ];

    /// <summary>The options without features that need full mode.</summary>
    public static EffectiveOptions WithLiteModeRestrictions(this EffectiveOptions effective)
    {
        FullModeFeature[] refused = effective.Options.Policy.IsFullMode ? [] : Array.FindAll(Features, f => f.IsOn(effective.Options));
        IEnumerable<OptionProblem> warnings =
            refused.Select(feature => effective.Problem(feature.Option, $"{feature.Name} needs full mode and is switched off"));
        return effective with
        {
            Options = refused.Aggregate(effective.Options, (options, feature) => feature.SwitchOff(options)),
            Warnings = [.. effective.Warnings, .. warnings],
        };
    }

    private sealed record FullModeFeature(
        string Option, string Name, Func<SchedulerOptions, bool> IsOn, Func<SchedulerOptions, SchedulerOptions> SwitchOff);
}
