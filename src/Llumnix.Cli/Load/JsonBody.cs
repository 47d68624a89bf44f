using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Llumnix.Cli.Load;

/// <summary>Bodies of HTTP messages in JSON.</summary>
internal static class JsonBody
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    internal static HttpContent From<T>(T message, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, type));
        content.Headers.ContentType = Json;
        return content;
    }

    /// <returns>Null when the body is not what is expected.</returns>
    internal static async Task<T?> ReadAsync<T>(HttpContent content, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        byte[] body = await content.ReadAsByteArrayAsync(cancellation);
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
