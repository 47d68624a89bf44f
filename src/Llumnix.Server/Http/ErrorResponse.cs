using System.Text;
using System.Text.Json;
using Llumnix.Adapters.Listeners;

namespace Llumnix.Server.Http;

/// <summary>Writes errors: plain text on one line, or an RFC 9457 problem document for clients that accept JSON.</summary>
internal static class ErrorResponse
{
    internal static Task WriteAsync(HttpContext context, int status, string error) =>
        WriteBodyAsync(context, status, error, context.RequestAborted);

    /// <summary>Writes 400 with the error of a message, and returns the message for reuse.</summary>
    internal static Task WriteBadRequestAsync<TMessage>(HttpContext context, TMessage message)
        where TMessage : class, IRequestMessage, new()
    {
        string error = message.Error!;
        RequestBody<TMessage>.Return(message);
        return WriteAsync(context, StatusCodes.Status400BadRequest, error);
    }

    /// <summary>Writes 503 with a hint to retry soon.</summary>
    internal static Task WriteBusyAsync(HttpContext context, string error)
    {
        context.Response.Headers.RetryAfter = "1";
        return WriteAsync(context, StatusCodes.Status503ServiceUnavailable, error);
    }

    /// <summary>Writes the error even when the client may have gone; then the only effect is that the connection ends.</summary>
    internal static Task WriteInAnyCaseAsync(HttpContext context, int status, string error) =>
        WriteBodyAsync(context, status, error, CancellationToken.None);

    private static Task WriteBodyAsync(HttpContext context, int status, string error, CancellationToken cancellation)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        bool isJson = context.Request.Headers.Accept.ToString().Contains("json", StringComparison.OrdinalIgnoreCase);
        response.ContentType = isJson ? "application/problem+json" : "text/plain; charset=utf-8";
        byte[] body = isJson ? Problem(status, error) : Encoding.UTF8.GetBytes(error + "\n");
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, 0, body.Length, cancellation);
    }

    private static byte[] Problem(int status, string error)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, ReadableJson.OneLine))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "about:blank");
            json.WriteString("title"u8, error);
            json.WriteNumber("status"u8, status);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
