using System.Text;
using System.Text.Json;

namespace Llumnix.Server.Http;

/// <summary>Writes errors: the plain text in the first line, or an RFC 9457 problem document for who asks for JSON.</summary>
internal static class ErrorResponse
{
    internal static Task WriteAsync(HttpContext context, int status, string error) =>
        WriteBodyAsync(context, status, error, context.RequestAborted);

    /// <summary>503 for who may come again in a moment.</summary>
    internal static Task WriteBusyAsync(HttpContext context, string error)
    {
        context.Response.Headers.RetryAfter = "1";
        return WriteAsync(context, StatusCodes.Status503ServiceUnavailable, error);
    }

    /// <summary>Writes also where the client may have gone; that has no effect then, but for the end of the connection.</summary>
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
        using (var json = new Utf8JsonWriter(stream))
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
