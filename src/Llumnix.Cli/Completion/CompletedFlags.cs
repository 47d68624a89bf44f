using System.CommandLine;
using Llumnix.Adapters.Options.Table;

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
            command.Add(Option(row));
        }

        return command;
    }

    private static Option Option(OptionDefinition row)
    {
        if (row.IsBoolean)
        {
            return new Option<bool>(row.Flag) { Description = row.Description };
        }

        // A closed choice has its names as its kind.
        var option = new Option<string>(row.Flag) { Description = row.Description };
        if (row.Kind.Contains('|', StringComparison.Ordinal))
        {
            option.CompletionSources.Add(row.Kind.Split('|'));
        }

        return option;
    }
}
