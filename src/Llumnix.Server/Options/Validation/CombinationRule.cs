namespace Llumnix.Server.Options.Validation;

/// <summary>A combination of options that cannot be.</summary>
/// <param name="Option">The option to name.</param>
/// <param name="IsBroken">Whether the options are such a combination.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record CombinationRule(string Option, Func<SchedulerOptions, bool> IsBroken, string Message);
