using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Llumnix.EngineEmulator.Http;

/// <summary>Reads the bodies of requests. What is too large, too slow, compressed or no JSON is answered here.</summary>
internal static class JsonBody
{
    /// <returns>The body, to be disposed of; null when the request is answered or the client gone.</returns>
    public static async Task<JsonDocument?> ReadAsync(HttpContext context, EngineHostOptions options)
    {
        if (context.Request.Headers.ContentEncoding is { Count: > 0 } encoding && !encoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.AcceptEncoding = "identity";
            await ErrorResponse.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, $"a body with Content-Encoding {encoding} is not read; send it as it is");
            return null;
        }

        using var timeout = new CancellationTokenSource(options.BodyTimeout, options.TimeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: ending.Token);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, e.StatusCode, e.Message);
        }
        catch (JsonException e)
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "the body is not JSON: " + e.Message);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(context, StatusCodes.Status408RequestTimeout, "the body did not come in time");
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client is gone.
        }

        return null;
    }

    /// <returns>The body; null when the request is answered or the client gone.</returns>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, EngineHostOptions options)
        where T : class
    {
        using JsonDocument? body = await ReadAsync(context, options);
        if (body is null)
        {
            return null;
        }

        try
        {
            if (body.Deserialize(type) is { } message)
            {
                return message;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text with half of a surrogate pair.
        }

        await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "the body is not what is expected here");
        return null;
    }

    // The rest of the body is not waited for.
    private static Task RefuseAsync(HttpContext context, int statusCode, string message)
    {
        context.Response.Headers[HeaderNames.Connection] = "close";
        return ErrorResponse.WriteAsync(context, statusCode, message);
    }
}
