using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Llumnix.Gateway.Relay;

/// <summary>Copies headers between client and engine: all except hop-by-hop headers, those named in <c>Connection</c> too, and the
/// headers that the gateway sets itself.</summary>
internal static class ForwardedHeaders
{
    private static readonly string[] OfOneConnection =
    [
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    ];

    // Without Accept-Encoding engines answer uncompressed, so that events and usage can be read.
    private static readonly FrozenSet<string> NotToEngine = FrozenSet.ToFrozenSet(
        [.. OfOneConnection, "Accept-Encoding", "Content-Length", "Expect", "Host", Requests.RequestIds.Header], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotToClient = FrozenSet.ToFrozenSet(
        [.. OfOneConnection, "Content-Length", "Date", "Server", "Alt-Svc", "Strict-Transport-Security", Requests.RequestIds.Header, Requests.Exchange.EngineHeader], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Credentials =
        FrozenSet.ToFrozenSet(["Authorization", "Cookie", "api-key", "x-api-key"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Copies a request's headers.</summary>
    /// <param name="from">The client's headers.</param>
    /// <param name="to">The message to the engine, with its content set.</param>
    /// <param name="isAuthorizationForwarded">Whether the engine gets the client's credentials.</param>
    public static void CopyToEngine(IHeaderDictionary from, HttpRequestMessage to, bool isAuthorizationForwarded)
    {
        StringValues connection = from.Connection;
        foreach ((string name, StringValues values) in from)
        {
            bool isForwarded = !NotToEngine.Contains(name)
                && (isAuthorizationForwarded || !Credentials.Contains(name))
                && (connection.Count == 0 || !IsNamedIn(connection, name));
            if (isForwarded && !to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                to.Content!.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
    }

    /// <summary>Copies an answer's headers.</summary>
    /// <param name="from">The engine's answer.</param>
    /// <param name="to">The answer to the client.</param>
    /// <param name="isLengthKept">Whether the body is passed on unchanged, so that its length is known.</param>
    public static void CopyToClient(HttpResponseMessage from, HttpResponse to, bool isLengthKept)
    {
        StringValues connection = from.Headers.NonValidated.TryGetValues("Connection", out HeaderStringValues named) ? new StringValues([.. named]) : default;
        Copy(from.Headers.NonValidated, connection, to);
        Copy(from.Content.Headers.NonValidated, connection, to);
        if (isLengthKept)
        {
            to.ContentLength = from.Content.Headers.ContentLength;
        }
    }

    private static void Copy(HttpHeadersNonValidated from, StringValues connection, HttpResponse to)
    {
        foreach ((string name, HeaderStringValues values) in from)
        {
            if (!NotToClient.Contains(name) && (connection.Count == 0 || !IsNamedIn(connection, name)))
            {
                to.Headers[name] = values.Count == 1 ? values.ToString() : new StringValues([.. values]);
            }
        }
    }

    private static bool IsNamedIn(StringValues connection, string name)
    {
        foreach (string? value in connection)
        {
            foreach (Range part in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[part].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
