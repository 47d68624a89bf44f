using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>A schema of an OpenAPI 3.0 document, for answers: an object has no members that the schema does not name.</summary>
internal sealed class AnswerSchema
{
    private const string Components = "#/components/schemas/";
    private readonly JsonSchema _schema;

    /// <param name="schema">The schema.</param>
    /// <param name="components">The named schemas of the document.</param>
    internal AnswerSchema(JsonNode schema, JsonObject components)
    {
        JsonObject root = Convert(schema)!.AsObject();
        root["$defs"] = new JsonObject(components.Select(static pair => KeyValuePair.Create(pair.Key, Convert(pair.Value))));
        _schema = JsonSchema.FromText(root.ToJsonString());
    }

    /// <summary>What of a value is not as the schema tells; null when all is.</summary>
    internal string? FindProblem(JsonNode? value)
    {
        EvaluationResults results = _schema.Evaluate(JsonSerializer.SerializeToElement(value), new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? null : string.Join("; ", (results.Details ?? []).Where(static detail => detail.Errors is { Count: > 0 })
            .Select(static detail => $"{detail.InstanceLocation}: {string.Join(", ", detail.Errors!.Values)}"));
    }

    /// <summary>The schema as JSON Schema has it, which has no <c>nullable</c>: with a <c>type</c> beside it that one may be null, and without it has no effect.</summary>
    private static JsonNode? Convert(JsonNode? node) => node switch
    {
        JsonObject map => ConvertObject(map),
        JsonArray list => new JsonArray([.. list.Select(Convert)]),
        _ => node?.DeepClone(),
    };

    private static JsonObject ConvertObject(JsonObject map)
    {
        bool isMember = map["nullable"] is JsonValue;
        bool isNullable = isMember && map["type"] is JsonValue;
        var converted = new JsonObject(map.Where(pair => pair.Key != "nullable" || !isMember).Select(static pair => KeyValuePair.Create(pair.Key, Convert(pair.Value))));
        if ((map["$ref"] as JsonValue)?.GetValue<string>() is { } reference)
        {
            converted["$ref"] = reference.Replace(Components, "#/$defs/", StringComparison.Ordinal);
        }

        if (map["exclusiveMinimum"] is JsonValue)
        {
            // Here it is a number of its own, and in OpenAPI 3.0 tells of the minimum.
            converted["exclusiveMinimum"] = map["minimum"]!.DeepClone();
        }

        if (map["properties"] is JsonObject && map["type"] is JsonValue)
        {
            converted.TryAdd("additionalProperties", false);
        }

        return isNullable ? new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "null" }, converted) } : converted;
    }
}
