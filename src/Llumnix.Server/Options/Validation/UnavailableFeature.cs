namespace Llumnix.Server.Options.Validation;

/// <summary>A feature that the configuration can name but this version cannot do.</summary>
/// <param name="Option">The option that switches it on.</param>
/// <param name="Name">What people call it.</param>
/// <param name="IsOn">Whether the configuration asks for it.</param>
internal sealed record UnavailableFeature(string Option, string Name, Func<SchedulerOptions, bool> IsOn);
