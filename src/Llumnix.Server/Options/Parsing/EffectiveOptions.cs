using Llumnix.Server.Options.Derived;
using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Options.Parsing;

/// <summary>Options, the place that set each of them, and the warnings about features that were switched off.</summary>
internal sealed record EffectiveOptions(
    SchedulerOptions Options, IReadOnlyDictionary<string, OptionSource> Sources, IReadOnlyList<OptionProblem> Warnings)
{
    /// <summary>The options as they take effect: see <see cref="SchedulerOptions.Effective"/>. Warns of each feature that lite mode switches off.</summary>
    public EffectiveOptions Complete()
    {
        SchedulerOptions restricted = LiteModeRestrictions.Apply(Options);
        SchedulerOptions effective = Options.Effective();
        IEnumerable<OptionProblem> warnings = LiteModeRestrictions.Refused(Options)
            .Select(feature => Problem(feature.Option, $"{feature.Name} needs full mode and is switched off"));
        var sources = new Dictionary<string, OptionSource>(Sources);
        foreach (OptionDefinition row in OptionTable.All)
        {
            if (row.Binding is { } binding && binding.Write(effective) != binding.Write(restricted))
            {
                sources[row.Name] = new OptionSource(OptionSourceKind.Derived, row.Flag);
            }
        }

        return new EffectiveOptions(effective, sources, [.. Warnings, .. warnings]);
    }

    /// <summary>A problem at the place that set the option.</summary>
    public OptionProblem Problem(string name, string message) =>
        new(Sources.GetValueOrDefault(name) ?? OptionsParseResult.Default(name), message);
}
