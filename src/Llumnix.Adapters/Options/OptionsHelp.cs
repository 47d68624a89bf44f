using System.Text;
using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options;

/// <summary>The text of <c>--help</c>.</summary>
public static class OptionsHelp
{
    /// <summary>All flags by group, with kinds, defaults and descriptions.</summary>
    public static string Render(OptionTable table)
    {
        var text = new StringBuilder(table.HelpIntroduction).Append('\n');
        foreach (IGrouping<string, OptionDefinition> group in table.Definitions.GroupBy(row => row.Group))
        {
            text.Append('\n').Append(group.Key).Append(":\n");
            foreach (OptionDefinition row in group)
            {
                text.Append(RenderRow(table, row));
            }
        }

        return text.ToString();
    }

    private static string RenderRow(OptionTable table, OptionDefinition row)
    {
        string aliases = string.Concat(row.Aliases.Select(alias => alias.Length == 1 ? $", -{alias}" : $", --{alias}"));
        string fallback = !row.HasValue || row.IsSecret ? "" : $" (default {(table.DefaultOf(row).Length == 0 ? "none" : table.DefaultOf(row))})";
        return $"  {row.Flag}{aliases} <{row.Kind}>{fallback}\n      {row.Description}\n";
    }
}
