namespace Llumnix.Cli.Demo;

/// <summary>What a demo compares.</summary>
/// <param name="Name">What the first run is called.</param>
/// <param name="Baseline">What the second one is called.</param>
/// <param name="BaselinePolicy">Its scheduling policy.</param>
internal sealed record DemoContestants(string Name, string Baseline, string BaselinePolicy)
{
    private const string RoundRobin = "round-robin";

    /// <summary>The contestants of a demo.</summary>
    internal static DemoContestants Of(DemoSettings settings)
    {
        string feature = settings.IsCacheAware ? "cache-aware" : settings.IsAdaptivePd ? "adaptive PD" : settings.Policy;
        string policy = settings.IsCacheAware || settings.IsRescheduling ? settings.Policy : RoundRobin;
        // Beside adaptive PD it is the roles that do not change which count, and not who takes turns in them; with rescheduling the roles change in both runs.
        string baseline = !settings.IsAdaptivePd ? policy : settings.IsRescheduling ? feature : "fixed split";
        return new DemoContestants(settings.IsRescheduling ? $"{feature}, rescheduling" : feature, baseline, policy);
    }
}
