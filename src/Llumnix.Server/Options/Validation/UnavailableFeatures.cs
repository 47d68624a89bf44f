namespace Llumnix.Server.Options.Validation;

/// <summary>What this version refuses to start with. A feature that lands deletes its line.</summary>
internal static class UnavailableFeatures
{
    public static IReadOnlyList<UnavailableFeature> All { get; } =
    [
        new("enable-predictor-enhanced-scheduling", "predictor-enhanced scheduling", o => o.Predictor.IsEnabled),
        new("scheduling-policy", "the slo policy", o => o.Policy.Name == "slo"),
        new("enable-adaptive-pd", "adaptive PD", o => o.AdaptivePd.IsEnabled),
        new("enable-rescheduling", "rescheduling", o => o.Rescheduling.IsEnabled),
    ];
}
