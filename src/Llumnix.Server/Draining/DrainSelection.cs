using System.Buffers;
using System.Text.Json;
using Llumnix.Scheduling.Draining;

namespace Llumnix.Server.Draining;

/// <summary>Reads which drain a request is about: exactly one of the four scopes by name, with what it selects.</summary>
internal static class DrainSelection
{
    internal const string WhatIsNeeded = "one of instance, node, unit and label is needed, with a text of 1 to 512 characters; a label is key=value";
    private const int MaxValueLength = 512;

    /// <summary>The names of the scopes, in the order of the enum.</summary>
    private static readonly string[] Names = ["instance", "node", "unit", "label", "terminating"];

    internal static string NameOf(DrainScope scope) => Names[(int)scope];

    /// <summary>Reads a body. Null, with a reason, when it names no drain.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    internal static DrainSelector? OfJson(ReadOnlySequence<byte> body, out string? error)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        error = WhatIsNeeded;
        if (document.RootElement.ValueKind != JsonValueKind.Object || document.RootElement.GetPropertyCount() != 1)
        {
            return null;
        }

        JsonProperty property = document.RootElement.EnumerateObject().Single();
        return property.Value.ValueKind == JsonValueKind.String ? Of(property.Name, property.Value.GetString()!, out error) : null;
    }

    /// <summary>Reads a query. Null, with a reason, when it names no drain.</summary>
    internal static DrainSelector? OfQuery(IQueryCollection query, out string? error)
    {
        error = WhatIsNeeded;
        return query.Count == 1 && query.Single() is { Value: [{ } value] } pair ? Of(pair.Key, value, out error) : null;
    }

    /// <summary>Makes a selector of the name of a scope and what is selected. Null, with a reason, when that is no drain that can be ordered.</summary>
    internal static DrainSelector? Of(string name, string value, out string? error)
    {
        int scope = Array.IndexOf(Names, name, 0, (int)DrainScope.Terminating);
        bool isUsable = scope >= 0
            && value.Length is > 0 and <= MaxValueLength
            && !value.Any(char.IsControl)
            && ((DrainScope)scope != DrainScope.Label || (value.IndexOf('=', StringComparison.Ordinal) > 0 && !value.Contains(',', StringComparison.Ordinal)));
        error = isUsable ? null : WhatIsNeeded;
        return isUsable ? new DrainSelector((DrainScope)scope, value) : null;
    }
}
