namespace Llumnix.Server.Options.Parsing;

/// <summary>Options, the place that set each of them, and the warnings about features that were switched off.</summary>
internal sealed record EffectiveOptions(
    SchedulerOptions Options, IReadOnlyDictionary<string, OptionSource> Sources, IReadOnlyList<OptionProblem> Warnings)
{
    /// <summary>Whether the option was set.</summary>
    public bool IsSet(string name) => Sources.ContainsKey(name);

    /// <summary>A problem at the place that set the option.</summary>
    public OptionProblem Problem(string name, string message) =>
        new(Sources.GetValueOrDefault(name) ?? OptionsParseResult.Default(name), message);
}
