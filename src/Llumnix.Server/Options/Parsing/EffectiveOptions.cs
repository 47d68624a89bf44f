namespace Llumnix.Server.Options.Parsing;

/// <summary>Options with the place that set each, and what was switched off on the way.</summary>
internal sealed record EffectiveOptions(
    SchedulerOptions Options, IReadOnlyDictionary<string, OptionSource> Sources, IReadOnlyList<OptionProblem> Warnings)
{
    /// <summary>Whether somebody set the option.</summary>
    public bool IsSet(string name) => Sources.ContainsKey(name);

    /// <summary>A problem at the place that set the option.</summary>
    public OptionProblem Problem(string name, string message) =>
        new(Sources.GetValueOrDefault(name) ?? OptionsParseResult.Default(name), message);
}
