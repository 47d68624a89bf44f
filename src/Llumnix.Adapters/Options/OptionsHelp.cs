using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options;

/// <summary>The text of <c>--help</c>.</summary>
public static class OptionsHelp
{
    /// <summary>All flags by group, with kinds, defaults and descriptions.</summary>
    /// <param name="table">The options.</param>
    /// <param name="introduction">What stands above the flags; null for the table's own.</param>
    public static string Render(OptionTable table, string? introduction = null) =>
        OptionsPage.Render(table, introduction ?? table.HelpIntroduction, static group => $"{group}:\n", row => RenderRow(table, row));

    private static string RenderRow(OptionTable table, OptionDefinition row)
    {
        string aliases = string.Concat(OptionsPage.AliasesOf(row).Select(static alias => $", {alias}"));
        string fallback = !row.HasValue || row.IsSecret ? "" : $" (default {(table.DefaultOf(row).Length == 0 ? "none" : table.DefaultOf(row))})";
        return $"  {row.Flag}{aliases} <{row.Kind}>{fallback}\n      {row.Description}\n";
    }
}
