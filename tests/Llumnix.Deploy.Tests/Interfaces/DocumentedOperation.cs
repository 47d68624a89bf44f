using System.Text.Json.Nodes;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>An operation of an OpenAPI document.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, with the examples of its parameters.</param>
/// <param name="Body">An example of its body; null for an operation without one.</param>
/// <param name="Responses">What it answers, by status.</param>
internal sealed record DocumentedOperation(string Method, string Path, JsonNode? Body, IReadOnlyDictionary<int, DocumentedResponse> Responses)
{
    /// <summary>Tells that an answer of the gateway is an engine's own: its errors are what the engine makes them.</summary>
    private const string EngineHeader = "x-llumnix-engine";

    /// <summary>Headers of HTTP itself, which documents of an interface leave out.</summary>
    private static readonly string[] OfHttp = ["Cache-Control", "Connection", "Content-Length", "Content-Type", "Date", "Server", "Transfer-Encoding"];

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}";

    /// <summary>What of an answer is not as the document tells; null when all is. The stream of events is not read.</summary>
    internal async Task<string?> FindDeviationAsync(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode && answer.Headers.Contains(EngineHeader))
        {
            return null;
        }

        string? type = answer.Content.Headers.ContentType?.MediaType;
        string body = type == "text/event-stream" ? "" : await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (!Responses.TryGetValue((int)answer.StatusCode, out DocumentedResponse? response))
        {
            return $"{(int)answer.StatusCode} is not documented: {body}";
        }

        string[] headers = [.. answer.Headers.Concat(answer.Content.Headers).Select(static header => header.Key)
            .Except(OfHttp, StringComparer.OrdinalIgnoreCase).Except(response.Headers, StringComparer.OrdinalIgnoreCase)];
        return headers.Length > 0 ? $"{(int)answer.StatusCode} has headers that are not documented: {string.Join(", ", headers)}"
            : FindDeviation(response, type, body) is { } deviation ? $"{(int)answer.StatusCode} {deviation}: {body}"
            : null;
    }

    private static string? FindDeviation(DocumentedResponse response, string? type, string body) =>
        response.Content.Count == 0 ? (body.Length == 0 ? null : "has a body, which is not documented")
        : type is null || !response.Content.TryGetValue(type, out AnswerSchema? schema) ? $"has a media type that is not documented, {type ?? "none"}"
        : schema?.FindProblem(type.EndsWith("json", StringComparison.Ordinal) ? JsonNode.Parse(body) : body);
}
