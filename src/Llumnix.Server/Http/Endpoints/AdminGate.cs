using System.Net;

namespace Llumnix.Server.Http.Endpoints;

/// <summary>
/// Lets requests that may change the service through to an endpoint. Where a service token is set, they carry it. Otherwise they come from this machine: from
/// a loopback address and to one, since the page of a foreign site in a browser on this machine has another host in its requests; and not through a proxy on this
/// machine, whose callers may be anywhere.
/// </summary>
internal sealed class AdminGate(ServiceToken token, IEndpoint next) : IEndpoint
{
    /// <summary>Whose requests pass without a token.</summary>
    internal const string Local = "this is for callers on this machine, by a loopback address and no proxy";

    /// <summary>Headers of which a proxy adds at least one.</summary>
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"];

    private readonly TokenGate _withToken = new(token, next);

    /// <summary>What other callers are told where there is no token.</summary>
    internal string Refusal { get; init; } = "without a service token " + Local;

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) =>
        token.IsSet ? _withToken.HandleAsync(context)
        : IsLocal(context) ? next.HandleAsync(context)
        : ErrorResponse.WriteAsync(context, StatusCodes.Status403Forbidden, Refusal);

    /// <summary>Whether a caller is on this machine, and calls it by a loopback address and through no proxy. <see cref="AdminApi.AdminAccess"/> asks the same.</summary>
    internal static bool IsLocal(HttpContext context)
    {
        string host = context.Request.Host.Host;
        return context.Connection.RemoteIpAddress is { } caller
            && IPAddress.IsLoopback(caller)
            && !ProxyHeaders.Any(context.Request.Headers.ContainsKey)
            && (host == "localhost" || (IPAddress.TryParse(host, out IPAddress? called) && IPAddress.IsLoopback(called)));
    }
}
