using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>Sends a request of an OpenAPI document and compares the answer with the document.</summary>
internal static class AnswerCheck
{
    internal static async Task SendAsync(HttpClient client, CheckedRequest request, string token)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var message = new HttpRequestMessage(new HttpMethod(request.Operation.Method), request.Path);
        if (request.Body is not null)
        {
            message.Content = new StringContent(request.Body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", request.Token ?? token);
        foreach ((string name, string value) in request.Headers)
        {
            message.Headers.Add(name, value);
        }

        using HttpResponseMessage answer = await client.SendAsync(message, cancellation);
        string body = await answer.Content.ReadAsStringAsync(cancellation);
        Assert.True((int)answer.StatusCode == request.Status, $"{request}: {(int)answer.StatusCode} {body}");
        string? deviation = await request.Operation.FindDeviationAsync(answer);
        Assert.True(deviation is null, $"{request}: {deviation}");
        string? type = answer.Content.Headers.ContentType?.MediaType;
        Assert.True(request.MediaType is null || type == request.MediaType, $"{request}: {type}");
        if (request.Answers.Count > 0)
        {
            Assert.True(
                request.Answers.Any(example => example.MediaType == type && IsLike(example, body)), $"{request}: not documented: {type} {body}");
        }
    }

    private static bool IsLike((string MediaType, JsonNode? Body) example, string body) => example.MediaType.EndsWith("json", StringComparison.Ordinal)
        ? HasShapeOf(JsonNode.Parse(body), example.Body)
        : body == (string?)example.Body;

    /// <summary>Whether two values have the same members of the same kinds; null is of any kind, and a list is like a list whose first element is like its own.</summary>
    private static bool HasShapeOf(JsonNode? value, JsonNode? example) => (value, example) switch
    {
        (null, _) or (_, null) => true,
        (JsonObject actual, JsonObject expected) => actual.Count == expected.Count
            && actual.All(pair => expected.ContainsKey(pair.Key) && HasShapeOf(pair.Value, expected[pair.Key])),
        (JsonArray actual, JsonArray expected) => actual.Count > 0 == expected.Count > 0 && (actual.Count == 0 || HasShapeOf(actual[0], expected[0])),
        (JsonValue actual, JsonValue expected) => KindOf(actual) == KindOf(expected),
        _ => false,
    };

    private static JsonValueKind KindOf(JsonValue value) => value.GetValueKind() == JsonValueKind.False ? JsonValueKind.True : value.GetValueKind();
}
