using Llumnix.Server.Http;
using Microsoft.Extensions.Primitives;

namespace Llumnix.Server.WebConsole;

/// <summary>
/// Serves a file of the console. It holds no data: the page asks the admin API, with the token that its user enters. The policy lets the page load
/// and call nothing but this server.
/// </summary>
internal sealed class ConsoleFileEndpoint(ConsoleFile file) : IEndpoint
{
    internal const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        IHeaderDictionary headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        headers.Vary = "Accept-Encoding";
        bool isCompressed = Contains(context.Request.Headers.AcceptEncoding, "gzip");
        // The two forms are different entities.
        string entityTag = isCompressed ? file.EntityTag.Insert(file.EntityTag.Length - 1, "-gzip") : file.EntityTag;
        headers.ETag = entityTag;
        if (Contains(context.Request.Headers.IfNoneMatch, entityTag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        byte[] body = isCompressed ? file.Compressed : file.Content;
        response.ContentType = file.ContentType;
        response.ContentLength = body.Length;
        if (isCompressed)
        {
            headers.ContentEncoding = "gzip";
        }

        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    private static bool Contains(StringValues header, string value) => header.ToString().Contains(value, StringComparison.Ordinal);
}
