using System.CommandLine;
using System.Globalization;
using System.Text;
using Llumnix.Cli.Serve;

namespace Llumnix.Cli.Gateway;

/// <summary>The reference of the flags of <c>llumnix serve</c> and <c>llumnix gateway</c> as a Markdown page.</summary>
internal static class GatewayReference
{
    private const string Introduction = """
        # Flags of llumnix serve and llumnix gateway

        <!-- Generated from the commands. To rewrite it: LLUMNIX_UPDATE_REFERENCE=1 dotnet test --project tests/Llumnix.Cli.Tests -->

        A flag is given as `--name value` or `--name=value`; booleans also as `--name` alone. `--extra-args "a=1,b='x,y'"` overrides all others. Durations are
        like `5s`, `500ms`, `2m` or `1h`; a bare number is seconds. [The gateway](../gateway.md) says what the flags are for.
        """;

    /// <summary>The page.</summary>
    internal static string Render()
    {
        Dictionary<string, Option> serve = OptionsOf(ServeCommand.Create());
        Dictionary<string, Option> gateway = OptionsOf(GatewayCommand.Create());
        var page = new StringBuilder(Introduction).Append('\n');
        AppendFlags(page, "Both", serve.Values.Where(option => gateway.ContainsKey(option.Name)), option => DefaultsOf(option, gateway[option.Name]));
        AppendFlags(page, "llumnix serve", serve.Values.Where(option => !gateway.ContainsKey(option.Name)), DefaultOf);
        AppendFlags(page, "llumnix gateway", gateway.Values.Where(option => !serve.ContainsKey(option.Name)), DefaultOf);
        page.Append("\n## Flags of the Go gateway that llumnix gateway refuses\n\nUnless they are empty, `false` or `0`.\n\n| Flag | Instead |\n|---|---|\n");
        foreach ((string name, string advice) in ReplacedFlags.Refused.OrderBy(static flag => flag.Name, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `--{name}` | {advice} |\n");
        }

        page.Append("\n## Flags of the Go gateway that have no effect\n\n");
        return page.AppendJoin(", ", ReplacedFlags.Ignored.Select(static name => $"`--{name}`")).Append('\n').ToString();
    }

    private static Dictionary<string, Option> OptionsOf(Command command) =>
        command.Options.Where(static option => !option.Hidden).OrderBy(static option => option.Name, StringComparer.Ordinal).ToDictionary(static option => option.Name);

    private static void AppendFlags(StringBuilder page, string title, IEnumerable<Option> options, Func<Option, string> defaultOf)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| Flag | Kind | Default | Description |\n|---|---|---|---|\n");
        foreach (Option option in options)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{option.Name}` | {KindOf(option)} | {defaultOf(option)} | {option.Description} |\n");
        }
    }

    private static string KindOf(Option option) => option.ValueType == typeof(int) ? "integer" : option.ValueType == typeof(bool) ? "boolean" : "text";

    private static string DefaultsOf(Option inServe, Option inGateway)
    {
        (string serve, string gateway) = (DefaultOf(inServe), DefaultOf(inGateway));
        return serve == gateway ? serve : $"{serve}, gateway: {gateway}";
    }

    private static string DefaultOf(Option option)
    {
        object? value = option.HasDefaultValue ? option.GetDefaultValue() : option.ValueType == typeof(bool) ? false : null;
        string text = string.Create(CultureInfo.InvariantCulture, $"{value}");
        return text.Length == 0 ? "" : $"`{(value is bool ? text.ToLowerInvariant() : text)}`";
    }
}
