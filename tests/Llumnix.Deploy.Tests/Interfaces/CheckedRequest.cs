using System.Text.Json.Nodes;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>A request of an OpenAPI document that tests send, from an operation's <c>x-checked</c>.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Path">The path and query.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="Status">The status to be answered.</param>
/// <param name="Answers">Examples of the answer's body by media type, in the documented order; empty when any body will do.</param>
internal sealed record CheckedRequest(DocumentedOperation Operation, string Path, JsonNode? Body, int Status, IReadOnlyList<(string MediaType, JsonNode? Body)> Answers)
{
    /// <summary>The token; null for the right one.</summary>
    internal string? Token { get; init; }

    /// <summary>The media type of the answer; null for any that is documented.</summary>
    internal string? MediaType { get; init; }

    /// <summary>Headers.</summary>
    internal IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string ToString() => $"{Operation.Method} {Path} {Body?.ToJsonString()} {Token} → {Status}";
}
