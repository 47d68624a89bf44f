using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>Reads YAML into JSON trees.</summary>
internal static class YamlDocuments
{
    /// <summary>Every document of a text that holds anything.</summary>
    public static IReadOnlyList<JsonObject> Parse(string text) => [.. ParseAny(text).OfType<JsonObject>()];

    /// <summary>Every document of a text, also those that are sequences.</summary>
    public static IReadOnlyList<JsonNode?> ParseAny(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(static document => Convert(document.RootNode))];
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair =>
            KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => ConvertPlain(plain.Value ?? ""),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };

    private static JsonNode? ConvertPlain(string text) => text switch
    {
        "" or "~" or "null" => null,
        "true" => true,
        "false" => false,
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => whole,
        _ when ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong large) => large,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) => number,
        _ => text,
    };
}
