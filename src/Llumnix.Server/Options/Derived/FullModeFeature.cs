namespace Llumnix.Server.Options.Derived;

/// <summary>A feature that needs full mode.</summary>
/// <param name="Option">The option that asks for it.</param>
/// <param name="Name">What it is called.</param>
/// <param name="IsOn">Whether options ask for it.</param>
/// <param name="SwitchOff">The options without it.</param>
internal sealed record FullModeFeature(
    string Option, string Name, Func<SchedulerOptions, bool> IsOn, Func<SchedulerOptions, SchedulerOptions> SwitchOff);
