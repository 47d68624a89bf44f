namespace Llumnix.Server.Options.Validation;

/// <summary>A forbidden or ineffective combination of options.</summary>
/// <param name="Option">The option that the message is about.</param>
/// <param name="IsBroken">Whether the options have that combination.</param>
/// <param name="Message">The problem and its remedy.</param>
internal sealed record CombinationRule(string Option, Func<SchedulerOptions, bool> IsBroken, string Message);
