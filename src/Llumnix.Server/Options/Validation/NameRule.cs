namespace Llumnix.Server.Options.Validation;

/// <summary>An option whose values must be names out of a catalogue.</summary>
/// <param name="Option">The option to name.</param>
/// <param name="What">What the names are, such as <c>metric</c>.</param>
/// <param name="Names">The option's names.</param>
/// <param name="Known">The names that the catalogue has in the configured mode.</param>
internal sealed record NameRule(
    string Option,
    string What,
    Func<SchedulerOptions, IEnumerable<string>> Names,
    Func<SchedulerOptions, KnownNames, IReadOnlyCollection<string>> Known);
