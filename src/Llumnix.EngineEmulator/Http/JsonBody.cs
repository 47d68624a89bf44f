using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Llumnix.EngineEmulator.Http;

/// <summary>Reads JSON bodies of requests. Bodies that are too large, too slow, compressed or not JSON are answered with an error here.</summary>
internal static class JsonBody
{
    /// <returns>The body, which the caller disposes; null when the request has been answered or the client is gone.</returns>
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

    /// <returns>The body; null when the request has been answered or the client is gone.</returns>
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
            // InvalidOperationException: a text with an unpaired surrogate.
        }

        await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "the body is not what is expected here");
        return null;
    }

    // Does not wait for the rest of the body.
    private static Task RefuseAsync(HttpContext context, int statusCode, string message)
    {
        context.Response.Headers[HeaderNames.Connection] = "close";
        return ErrorResponse.WriteAsync(context, statusCode, message);
    }
}
