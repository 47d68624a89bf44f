namespace Llumnix.Server.Options.Validation;

/// <summary>An option whose values must be names from a catalogue.</summary>
/// <param name="Option">The option that the message is about.</param>
/// <param name="What">What the names are, such as <c>metric</c>.</param>
/// <param name="Names">The option's names.</param>
/// <param name="Known">The names of the catalogue in the configured mode.</param>
internal sealed record NameRule(
    string Option,
    string What,
    Func<SchedulerOptions, IEnumerable<string>> Names,
    Func<SchedulerOptions, KnownNames, IReadOnlyCollection<string>> Known);
