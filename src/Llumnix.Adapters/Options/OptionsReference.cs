using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options;

/// <summary>The reference of all options as a Markdown page.</summary>
public static class OptionsReference
{
    /// <summary>Introduction and all flags by group, with kinds, defaults and descriptions.</summary>
    public static string Render(OptionTable table) => OptionsPage.Render(
        table,
        table.ReferenceIntroduction,
        static group => $"## {group}\n\n| Flag | Kind | Default | Description |\n|---|---|---|---|\n",
        row => RenderRow(table, row));

    private static string RenderRow(OptionTable table, OptionDefinition row)
    {
        string fallback = !row.HasValue || row.IsSecret ? "" : table.DefaultOf(row) is { Length: > 0 } text ? $"`{text}`" : "`\"\"`";
        string kind = row.Kind.Replace("|", @" \| ", StringComparison.Ordinal);
        return $"| `{row.Flag}` | {kind} | {fallback} | {row.Description}{RenderOtherNames(row)} |\n";
    }

    private static string RenderOtherNames(OptionDefinition row)
    {
        IEnumerable<string> names = OptionsPage.AliasesOf(row).Select(static alias => $"`{alias}`")
            .Concat(row.EnvironmentAliases.Select(variable => $"environment variable `{variable}`"));
        string joined = string.Join(", ", names);
        return joined.Length == 0 ? "" : $" Also: {joined}.";
    }
}
