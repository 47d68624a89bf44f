using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Server.Extensions;

namespace Llumnix.Server.Options.Validation;

/// <summary>Finds all problems that concern several options, or catalogues of names, at once.</summary>
internal static class SchedulerOptionsValidator
{
    /// <summary>Errors, which prevent a start: unknown names, forbidden combinations.</summary>
    public static IEnumerable<OptionProblem> FindErrors(AssignedOptions<SchedulerOptions> effective, KnownNames known) =>
    [
        .. FindWrongNames(effective, known),
        .. Broken(CombinationRules.Errors, effective),
    ];

    /// <summary>Warnings about options without effect.</summary>
    public static IEnumerable<OptionProblem> FindWarnings(AssignedOptions<SchedulerOptions> effective) => Broken(CombinationRules.Warnings, effective);

    private static IEnumerable<OptionProblem> Broken(IReadOnlyList<CombinationRule> rules, AssignedOptions<SchedulerOptions> effective) =>
        rules.Where(rule => rule.IsBroken(effective.Options)).Select(rule => effective.Problem(rule.Option, rule.Message));

    /// <summary>Where an extension cannot be used, that is the only problem: which names it would have added is not known.</summary>
    private static IEnumerable<OptionProblem> FindWrongNames(AssignedOptions<SchedulerOptions> effective, KnownNames known)
    {
        KnownNames all;
        try
        {
            all = known.With(ExtensionAssemblies.Load(effective.Options.Extensions.Assemblies));
        }
        catch (ExtensionException exception)
        {
            return exception.Message.Split('\n').Select(message => effective.Problem("extension-assemblies", message));
        }

        return NameRules.All.SelectMany(rule => FindUnknownNames(rule, effective, all));
    }

    private static IEnumerable<OptionProblem> FindUnknownNames(NameRule rule, AssignedOptions<SchedulerOptions> effective, KnownNames names)
    {
        IReadOnlyCollection<string> known = rule.Known(effective.Options, names);
        string[] secrets = [.. effective.Table.Rows.Where(static row => row.IsSecret).Select(row => row.Binding!.Write(effective.Options))];
        string mode = effective.Options.Mode.IsFull ? "full" : "lite";
        return
            from name in rule.Names(effective.Options)
            where !known.Contains(name)
            let nearest = NearestName.FindClose(name, known) is { } close ? $"the nearest is {close}; " : ""
            let shown = secrets.Contains(name) ? "the name" : RefusedValue.Quote(name)
            let problem = $"{shown} is no {rule.What} of {mode} mode"
            select effective.Problem(rule.Option, $"{problem}; {nearest}known: {string.Join(", ", known)}");
    }
}
