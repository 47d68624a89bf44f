using System.Globalization;
using System.Text.Json.Nodes;
using Llumnix.Deploy.Tests.Manifests;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>An OpenAPI document of the project.</summary>
internal sealed class OpenApiDocument(string path)
{
    private static readonly string[] Methods = ["post", "get", "delete", "put", "patch"];

    private readonly JsonObject _root = YamlDocuments.Parse(Checkout.Read(path)).Single();

    /// <summary>The version of the interface: that of the build.</summary>
    internal string Version => (string)_root["info"]!["version"]!;

    /// <summary>The paths.</summary>
    internal IReadOnlyList<string> Paths => [.. _root["paths"]!.AsObject().Select(static pair => pair.Key)];

    /// <summary>The methods of a path, in upper case.</summary>
    internal IReadOnlyList<string> MethodsOf(string path) =>
        [.. _root["paths"]![path]!.AsObject().Select(static pair => pair.Key).Intersect(Methods).Select(static method => method.ToUpperInvariant())];

    /// <summary>The operations, in the order of the document.</summary>
    internal IReadOnlyList<DocumentedOperation> Operations => [.. Each<DocumentedOperation>((path, method, operation) => [OperationOf(path, method, operation)])];

    /// <summary>The requests to be sent, in the order of the document.</summary>
    internal IReadOnlyList<CheckedRequest> Checks => [.. Each(ChecksOf)];

    /// <summary>Examples of answers that are not of their schema, and what is wrong.</summary>
    internal IReadOnlyList<string> WrongExamples => [.. Each<string>((path, method, operation) =>
        from response in operation["responses"]!.AsObject()
        from content in Resolve(response.Value)!["content"]?.AsObject() ?? []
        from example in content.Value!["examples"]?.AsObject() ?? []
        let problem = SchemaOf(content.Value!)?.FindProblem(example.Value!["value"])
        where problem is not null
        select $"{method} {path} {response.Key} {example.Key}: {problem}")];

    /// <summary>References that lead nowhere.</summary>
    internal IReadOnlyList<string> BrokenReferences => [.. FindReferences(_root).Where(reference => Find(reference) is null)];

    /// <summary>For each schema the names of its members, sorted and separated by spaces.</summary>
    internal IReadOnlySet<string> SchemaMembers =>
        Schemas.Select(static pair => string.Join(' ', (pair.Value!["properties"]?.AsObject() ?? []).Select(static p => p.Key).Order())).ToHashSet();

    /// <summary>
    /// Members of what is answered that may be left out, or are required without being there, as <c>Schema.member</c>. The schemas are all that no body of a request has.
    /// </summary>
    internal IReadOnlyList<string> OptionalMembers
    {
        get
        {
            var asked = new HashSet<string>();
            CollectSchemas(new JsonArray([.. Each<JsonNode?>(static (_, _, operation) => [operation["requestBody"]?.DeepClone()])]), asked);
            return
            [
                .. Each<string>((path, method, operation) => FindOptional(operation["responses"], $"{method} {path}")),
                .. FindOptional(_root["components"]!["responses"], "responses"),
                .. Schemas.Where(pair => !asked.Contains(pair.Key)).SelectMany(static pair => FindOptional(pair.Value, pair.Key)),
            ];
        }
    }

    /// <summary>Places of a <c>nullable</c> that has no effect, since there is no <c>type</c> beside it.</summary>
    internal IReadOnlyList<string> UntypedNullables => [.. FindUntypedNullables(_root)];

    /// <summary>For each number in a schema with bounds: the member, with values at its bounds and beyond them.</summary>
    internal IEnumerable<(string Member, JsonNode Value, bool IsWithin)> BoundsOf(string schema) =>
        from pair in Schemas[schema]!["properties"]!.AsObject()
        let items = pair.Value!["items"]
        let number = (items ?? pair.Value).AsObject()
        from bound in new[] { (Name: "minimum", Outwards: -1), (Name: "maximum", Outwards: 1) }
        where number.ContainsKey(bound.Name)
        let value = decimal.Parse(number[bound.Name]!.ToJsonString(), CultureInfo.InvariantCulture)
        from step in new[] { 0, bound.Outwards }
        let isWithin = step == 0 && !(bound.Name == "minimum" && number["exclusiveMinimum"] is not null)
        let sent = JsonValue.Create(value + step)
        select (pair.Key, items is null ? sent : (JsonNode)new JsonArray(sent), isWithin);

    /// <summary>The names of all members.</summary>
    internal IEnumerable<string> Names => FindNames(_root);

    private JsonObject Schemas => _root["components"]!["schemas"]!.AsObject();

    private static IEnumerable<string> FindNames(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(static pair => FindNames(pair.Value).Prepend(pair.Key)),
        JsonArray list => list.SelectMany(FindNames),
        _ => [],
    };

    private static IEnumerable<string> FindOptional(JsonNode? node, string place)
    {
        if (node is not JsonObject map)
        {
            return (node as JsonArray)?.SelectMany(item => FindOptional(item, place)) ?? [];
        }

        string[] members = map["type"] is JsonValue && map["properties"] is JsonObject properties ? [.. properties.Select(static pair => pair.Key)] : [];
        string[] required = members.Length > 0 ? [.. (map["required"]?.AsArray() ?? []).Select(static name => (string)name!)] : [];
        return members.Except(required).Concat(required.Except(members)).Select(member => $"{place}.{member}")
            .Concat(map.SelectMany(pair => FindOptional(pair.Value, place)));
    }

    private static IEnumerable<string> FindUntypedNullables(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(static pair => FindUntypedNullables(pair.Value))
            .Concat(map["nullable"] is JsonValue && map["type"] is not JsonValue ? [map.GetPath()] : []),
        JsonArray list => list.SelectMany(FindUntypedNullables),
        _ => [],
    };

    private static IEnumerable<string> FindReferences(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(pair => pair.Key == "$ref" ? [(string)pair.Value!] : FindReferences(pair.Value)),
        JsonArray list => list.SelectMany(FindReferences),
        _ => [],
    };

    private IEnumerable<T> Each<T>(Func<string, string, JsonObject, IEnumerable<T>> select) =>
        from item in _root["paths"]!.AsObject()
        from operation in item.Value!.AsObject()
        where Methods.Contains(operation.Key)
        from found in @select(item.Key, operation.Key, operation.Value!.AsObject())
        select found;

    private DocumentedOperation OperationOf(string path, string method, JsonObject operation) => new(
        method.ToUpperInvariant(),
        Fill(path, operation),
        operation["requestBody"]?["content"]?["application/json"]?["examples"]?.AsObject().First().Value!["value"],
        operation["responses"]!.AsObject().Where(static pair => pair.Key != "default")
            .ToDictionary(static pair => int.Parse(pair.Key, CultureInfo.InvariantCulture), pair => ResponseOf(Resolve(pair.Value)!.AsObject())));

    private DocumentedResponse ResponseOf(JsonObject response) => new(
        (string?)response["description"] ?? "",
        [.. (response["headers"]?.AsObject() ?? []).Select(static header => header.Key)],
        (response["content"]?.AsObject() ?? []).ToDictionary(static content => content.Key, content => SchemaOf(content.Value!)));

    private AnswerSchema? SchemaOf(JsonNode content) => content["schema"] is { } schema ? new AnswerSchema(schema, Schemas) : null;

    private IEnumerable<CheckedRequest> ChecksOf(string path, string method, JsonObject operation)
    {
        DocumentedOperation documented = OperationOf(path, method, operation);
        JsonArray? checks = operation["x-checked"]?.AsArray();
        Assert.True(checks is { Count: > 0 }, $"{method} {path} has no x-checked");
        foreach (JsonObject check in checks.Select(static check => check!.AsObject()))
        {
            int status = (int)(long)check["status"]!;
            JsonNode? response = Resolve(operation["responses"]!.AsObject().SingleOrDefault(pair => pair.Key == $"{status}").Value);
            Assert.True(response is not null, $"{method} {path} has no response {status}");
            string? type = (string?)check["type"] ?? ((string?)check["accept"] is null ? null : "application/problem+json");
            var headers = (check["headers"]?.AsObject() ?? []).ToDictionary(static pair => pair.Key, static pair => (string)pair.Value!);
            if ((string?)check["accept"] is { } accept)
            {
                headers["Accept"] = accept;
            }

            yield return new CheckedRequest(
                documented,
                ((string?)check["path"] ?? Fill(path, operation)) + (string?)check["query"],
                BodyOf(operation, (string?)check["example"]),
                status,
                AnswersOf(response))
            {
                Token = (string?)check["token"],
                MediaType = type,
                Headers = headers,
            };
        }
    }

    /// <summary>The path with the examples of its parameters.</summary>
    private static string Fill(string path, JsonObject operation) => (operation["parameters"]?.AsArray() ?? [])
        .Where(static parameter => (string)parameter!["in"]! == "path")
        .Aggregate(path, static (filled, parameter) => filled.Replace($"{{{(string)parameter!["name"]!}}}", parameter["example"]!.ToString(), StringComparison.Ordinal));

    private static JsonNode? BodyOf(JsonObject operation, string? example)
    {
        if (example is null)
        {
            return null;
        }

        JsonNode? body = operation["requestBody"]!["content"]!["application/json"]!["examples"]![example]?["value"];
        Assert.True(body is not null, $"{operation["operationId"]} has no example {example}");
        return body;
    }

    private static List<(string MediaType, JsonNode? Body)> AnswersOf(JsonNode response) =>
    [
        .. (response["content"]?.AsObject() ?? []).SelectMany(static content =>
            (content.Value!["examples"]?.AsObject() ?? []).Select(example => (content.Key, example.Value!["value"]))),
    ];

    /// <summary>Adds the names of the schemas that a part of the document has, by way of others too.</summary>
    private void CollectSchemas(JsonNode? node, HashSet<string> names)
    {
        foreach (string name in FindReferences(node).Select(static reference => reference.Split('/')[^1]))
        {
            if (names.Add(name))
            {
                CollectSchemas(Schemas[name], names);
            }
        }
    }

    private JsonNode? Resolve(JsonNode? node) => (string?)node?["$ref"] is { } reference ? Find(reference) : node;

    private JsonNode? Find(string reference) =>
        reference.Split('/').Skip(1).Aggregate((JsonNode?)_root, static (node, name) => node?[name]);
}
