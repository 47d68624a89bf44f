using System.CommandLine;
using System.CommandLine.Completions;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Gateway;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Completion;

/// <summary>The flags of the programs that parse their own command lines, as options that completion knows.</summary>
internal static class CompletedFlags
{
    /// <summary>Makes a command that stands for such a program in the list of commands; it is never run.</summary>
    /// <param name="name">The program's name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="table">Its flags.</param>
    internal static Command Of(string name, string description, OptionTable table)
    {
        var command = new Command(name, description);
        foreach (OptionDefinition row in table.Definitions.Where(static row => row is { IsIgnored: false, Refusal: null } && row.Name != "help"))
        {
            command.Add(Option(
                row, ReferenceEquals(table, SchedulerOptionsParser.Flags) ? NamesFor(row.Name) : ReferenceEquals(table, GatewayOptionTable.Instance) ? GatewayNamesFor(row.Name) : []));
        }

        return command;
    }

    private static Option Option(OptionDefinition row, IReadOnlyCollection<string> known)
    {
        if (row.IsBoolean)
        {
            return new Option<bool>(row.Flag) { Description = row.Description };
        }

        // A closed choice has its names as its kind.
        var option = new Option<string>(row.Flag) { Description = row.Description };
        IReadOnlyCollection<string> names = row.Kind.Contains('|', StringComparison.Ordinal) ? row.Kind.Split('|') : known;
        if (names.Count > 0)
        {
            option.CompletionSources.Add(context => AfterTheLastComma(context.WordToComplete, names));
        }

        return option;
    }

    /// <summary>What the core has by name, for the scheduler's flags that name it.</summary>
    private static IReadOnlyCollection<string> NamesFor(string flag)
    {
        KnownNames known = SchedulerProgram.KnownNames;
        return flag switch
        {
            "scheduling-policy" => known.FullModePolicies,
            "rescheduling-policies" => known.ReschedulingPolicies,
            "failover-domain" => known.FailoverDomains,
            _ when flag.StartsWith("dispatch-", StringComparison.Ordinal) && flag.EndsWith("-metric", StringComparison.Ordinal) =>
                [.. known.FullModeMetrics.Union(known.LiteModeMetrics)],
            _ when flag.EndsWith("-load-metric", StringComparison.Ordinal) => known.FullModeMetrics,
            _ => [],
        };
    }

    /// <summary>What makes a difference to the gateway: any other name than round-robin leaves it to the schedulers, as the default does.</summary>
    private static IReadOnlyCollection<string> GatewayNamesFor(string flag) =>
        flag == "scheduling-policy" ? [GatewayOptionTable.Instance.Defaults.SchedulingPolicy, GatewayFlags.RoundRobin] : [];

    /// <summary>The names, each behind those that a list has already.</summary>
    private static IEnumerable<CompletionItem> AfterTheLastComma(string word, IReadOnlyCollection<string> names)
    {
        string before = word[..(word.LastIndexOf(',') + 1)];
        return names.Select(name => before + name).Where(text => text.StartsWith(word, StringComparison.Ordinal)).Select(static text => new CompletionItem(text));
    }
}
