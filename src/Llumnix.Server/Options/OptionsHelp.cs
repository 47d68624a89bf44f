using System.Text;
using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Options;

/// <summary>The text of <c>--help</c>.</summary>
public static class OptionsHelp
{
    private const string Introduction = """
        Usage: scheduler [flags]

        Each flag can also be given as an environment variable (LLUMNIX_SCHEDULER_ and the name in upper case with underscores) or in
        the file of --config. Order, strongest first: --extra-args, flag, environment variable, file, default.
        """;

    /// <summary>All flags by group, with kinds, defaults and descriptions.</summary>
    public static string Render()
    {
        var text = new StringBuilder(Introduction).Append('\n');
        foreach (IGrouping<string, OptionDefinition> group in OptionTable.All.GroupBy(row => row.Group))
        {
            text.Append('\n').Append(group.Key).Append(":\n");
            foreach (OptionDefinition row in group)
            {
                text.Append(RenderRow(row));
            }
        }

        return text.ToString();
    }

    private static string RenderRow(OptionDefinition row)
    {
        string aliases = string.Concat(row.Aliases.Select(alias => alias.Length == 1 ? $", -{alias}" : $", --{alias}"));
        string fallback = row.Binding is null || row.IsSecret ? "" : $" (default {(row.Default.Length == 0 ? "none" : row.Default)})";
        return $"  {row.Flag}{aliases} <{row.Kind}>{fallback}\n      {row.Description}\n";
    }
}
