using System.Text;
using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Options;

/// <summary>The reference of all options as a Markdown page.</summary>
internal static class ConfigurationReference
{
    private const string Introduction = """
        # Scheduler configuration

        <!-- Generated from the option table. To rewrite it: LLUMNIX_UPDATE_REFERENCE=1 dotnet test --project tests/Llumnix.Server.Tests -->

        Every option can be given in four places. Order, strongest first:

        1. Flag: `--name value` or `--name=value`; for booleans also `--name` alone. Given twice, the last one counts.
        2. Environment variable: `LLUMNIX_SCHEDULER_` and the name in upper case with underscores, as in `LLUMNIX_SCHEDULER_CMS_REDIS_HOST`.
           An empty one counts as absent.
        3. The file of `--config`: a flat YAML or JSON mapping of names (dashes or underscores) to values; lists may be sequences.
        4. The default.

        `--extra-args "a=1,b='x,y'"` overrides all of them. Whatever is wrong is reported at once, one line per problem with its place, and
        the exit code is 2.

        **Secrets.** Process listings show flags. Prefer the `-file` variant of a secret, or its environment variable. Secrets never appear
        in messages or logs.

        **Kubernetes.** A service named `llumnix-scheduler` makes Kubernetes set variables such as
        `LLUMNIX_SCHEDULER_PORT=tcp://10.0.0.1:8002` and `LLUMNIX_SCHEDULER_SERVICE_HOST` in pods of its namespace. They are recognized
        by their form and left alone.

        **Lite mode.** `--enable-full-mode-scheduling=false` switches cache-aware scheduling, predictor-enhanced scheduling, adaptive PD and
        rescheduling off, with a warning for each that was asked for.
        """;

    public static string Render()
    {
        var page = new StringBuilder(Introduction).Append('\n');
        foreach (IGrouping<string, OptionDefinition> group in OptionTable.All.GroupBy(row => row.Group))
        {
            page.Append("\n## ").Append(group.Key).Append("\n\n| Flag | Kind | Default | Description |\n|---|---|---|---|\n");
            foreach (OptionDefinition row in group)
            {
                page.Append(RenderRow(row));
            }
        }

        return page.ToString();
    }

    private static string RenderRow(OptionDefinition row)
    {
        string fallback = row.Binding is null || row.IsSecret ? "" : row.Default.Length == 0 ? "`\"\"`" : $"`{row.Default}`";
        string kind = row.Kind.Replace("|", @" \| ", StringComparison.Ordinal);
        return $"| `{row.Flag}` | {kind} | {fallback} | {row.Description}{RenderOtherNames(row)} |\n";
    }

    private static string RenderOtherNames(OptionDefinition row)
    {
        IEnumerable<string> names = row.Aliases.Select(alias => alias.Length == 1 ? $"`-{alias}`" : $"`--{alias}`")
            .Concat(row.EnvironmentAliases.Select(variable => $"environment variable `{variable}`"));
        string joined = string.Join(", ", names);
        return joined.Length == 0 ? "" : $" Also: {joined}.";
    }
}
