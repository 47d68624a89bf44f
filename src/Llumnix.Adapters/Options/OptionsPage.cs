using System.Text;
using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options;

/// <summary>A text about all options of a table.</summary>
internal static class OptionsPage
{
    /// <summary>Writes an introduction and all flags by group.</summary>
    /// <param name="table">The options.</param>
    /// <param name="introduction">What stands above the flags.</param>
    /// <param name="renderGroup">Writes what stands above the flags of a group, from its name.</param>
    /// <param name="renderRow">Writes a flag.</param>
    public static string Render(OptionTable table, string introduction, Func<string, string> renderGroup, Func<OptionDefinition, string> renderRow)
    {
        StringBuilder page = new StringBuilder(introduction).Append('\n');
        foreach (IGrouping<string, OptionDefinition> group in table.Definitions.GroupBy(static row => row.Group))
        {
            page.Append('\n').Append(renderGroup(group.Key));
            foreach (OptionDefinition row in group)
            {
                page.Append(renderRow(row));
            }
        }

        return page.ToString();
    }

    /// <summary>A flag's other names with their dashes.</summary>
    public static IEnumerable<string> AliasesOf(OptionDefinition row) => row.Aliases.Select(static alias => alias.Length == 1 ? $"-{alias}" : $"--{alias}");
}
