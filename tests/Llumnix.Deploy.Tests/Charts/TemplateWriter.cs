using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Charts;

/// <summary>
/// Writes a JSON tree as the YAML of a chart's template. Actions of the template language stand in the tree as texts: see the members that make them.
/// </summary>
internal static partial class TemplateWriter
{
    private const char Mark = '\u0001';

    /// <summary>A value that an expression gives, on one line.</summary>
    public static JsonNode Scalar(string expression) => $"{{{{ {expression} }}}}";

    /// <summary>A mapping or sequence that an expression gives.</summary>
    public static JsonNode Block(string expression) => $"{Mark}block {expression}";

    /// <summary>The same, with its key only where the expression gives something.</summary>
    public static JsonNode Optional(string expression) => $"{Mark}with {expression}";

    /// <summary>A key that stands for all entries that a named template gives.</summary>
    public static string Entries(string name) => $"{Mark}include {name}";

    /// <summary>A key that stands for all entries of the mapping that an expression gives.</summary>
    public static string EntriesOf(string expression) => $"{Mark}entries {expression}";

    /// <summary>A key that stands for the entries of the mapping that is its value, which are there where a condition holds.</summary>
    public static string If(string condition) => $"{Mark}if {condition}";

    /// <summary>An item that stands for all items that an expression gives.</summary>
    public static JsonNode Items(string expression) => $"{Mark}items {expression}";

    /// <summary>An item that stands for some items, which are there where a condition holds.</summary>
    public static JsonNode When(string condition, IEnumerable<JsonNode?> items) =>
        new JsonObject { [$"{Mark}when {condition}"] = new JsonArray([.. items.Select(static item => item!.DeepClone())]) };

    /// <summary>The text.</summary>
    public static string Write(JsonObject root)
    {
        var text = new StringBuilder();
        WriteMapping(text, root, 0);
        return text.ToString();
    }

    private static void WriteMapping(StringBuilder text, JsonObject mapping, int indent)
    {
        foreach ((string key, JsonNode? value) in mapping)
        {
            if (Action(key, "include") is { } name)
            {
                Line(text, indent, $"{{{{- include \"{name}\" . | nindent {indent} }}}}");
            }
            else if (Action(key, "entries") is { } entries)
            {
                Line(text, indent, $"{{{{- with {entries} }}}}");
                Line(text, indent, $"{{{{- toYaml . | nindent {indent} }}}}");
                Line(text, indent, "{{- end }}");
            }
            else if (Action(key, "if") is { } condition)
            {
                Line(text, indent, $"{{{{- if {condition} }}}}");
                WriteMapping(text, value!.AsObject(), indent);
                Line(text, indent, "{{- end }}");
            }
            else
            {
                WriteEntry(text, key, value, indent);
            }
        }
    }

    private static void WriteEntry(StringBuilder text, string key, JsonNode? value, int indent)
    {
        if (Action(value, "block") is { } block)
        {
            Line(text, indent, $"{key}:");
            Line(text, indent + 2, $"{{{{- toYaml {block} | nindent {indent + 2} }}}}");
        }
        else if (Action(value, "with") is { } optional)
        {
            Line(text, indent, $"{{{{- with {optional} }}}}");
            Line(text, indent, $"{key}:");
            Line(text, indent + 2, $"{{{{- toYaml . | nindent {indent + 2} }}}}");
            Line(text, indent, "{{- end }}");
        }
        else if (value is JsonObject { Count: > 0 } mapping)
        {
            Line(text, indent, $"{key}:");
            WriteMapping(text, mapping, indent + 2);
        }
        else if (value is JsonArray { Count: > 0 } sequence)
        {
            Line(text, indent, $"{key}:");
            WriteSequence(text, sequence, indent + 2);
        }
        else
        {
            Line(text, indent, $"{key}: {Inline(value)}");
        }
    }

    private static void WriteSequence(StringBuilder text, JsonArray sequence, int indent)
    {
        foreach (JsonNode? item in sequence)
        {
            if (Action(item, "items") is { } items)
            {
                Line(text, indent, $"{{{{- with {items} }}}}");
                Line(text, indent, $"{{{{- toYaml . | nindent {indent} }}}}");
                Line(text, indent, "{{- end }}");
            }
            else if (item is JsonObject { Count: 1 } only && Action(only.First().Key, "when") is { } condition)
            {
                Line(text, indent, $"{{{{- if {condition} }}}}");
                WriteSequence(text, only.First().Value!.AsArray(), indent);
                Line(text, indent, "{{- end }}");
            }
            else if (item is JsonObject { Count: > 0 } mapping)
            {
                int start = text.Length;
                WriteMapping(text, mapping, indent + 2);
                text[start + indent] = '-';
            }
            else
            {
                Line(text, indent, $"- {Inline(item)}");
            }
        }
    }

    private static string? Action(JsonNode? node, string kind) =>
        node is JsonValue value && value.TryGetValue(out string? text) && text.StartsWith($"{Mark}{kind} ", StringComparison.Ordinal) ? text[(kind.Length + 2)..] : null;

    private static string Inline(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        JsonValue scalar when scalar.TryGetValue(out string? text) => Plain().IsMatch(text) && !Ambiguous().IsMatch(text) ? text : JsonSerializer.Serialize(text, JsonSerializerOptions.Web),
        _ => value.ToJsonString(),
    };

    private static void Line(StringBuilder text, int indent, string line) => text.Append(CultureInfo.InvariantCulture, $"{new string(' ', indent)}{line}\n");

    /// <summary>Texts that need no quotes. What stands between braces is the template's.</summary>
    [GeneratedRegex(@"^(--)?([A-Za-z/]|\{\{.*?\}\})([\w./:=,-]|\{\{.*?\}\})*(?<!:)$")]
    private static partial Regex Plain();

    [GeneratedRegex("^(true|false|null|yes|no|on|off)$", RegexOptions.IgnoreCase)]
    private static partial Regex Ambiguous();
}
