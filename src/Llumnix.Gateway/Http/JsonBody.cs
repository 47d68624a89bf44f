using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Llumnix.Gateway.Http;

/// <summary>Bodies of HTTP messages in JSON.</summary>
public static class JsonBody
{
    /// <summary>Largest buffered answer.</summary>
    public const int MaxBytes = 1 << 20;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>A message as the body of a request.</summary>
    public static HttpContent From<T>(T message, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, type));
        content.Headers.ContentType = Json;
        return content;
    }

    /// <summary>Reads an answer.</summary>
    /// <returns>Null when the body is not as expected, or too large.</returns>
    public static async Task<T?> ReadAsync<T>(HttpContent content, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            await content.LoadIntoBufferAsync(MaxBytes, cancellation);
            return JsonSerializer.Deserialize(await content.ReadAsByteArrayAsync(cancellation), type);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return null;
        }
    }
}
