using Llumnix.Adapters.Listeners;


namespace Llumnix.Server.Http;

/// <summary>
/// The checks before every request: ends connections while the process stops, refuses surplus connections, and separates the service port from the
/// admin port.
/// </summary>
/// <param name="connections">The service's listener.</param>
/// <param name="adminPort">The port of the metrics and explanations; 0 for none.</param>
/// <param name="stopping">Cancelled as soon as the process is asked to stop.</param>
internal sealed class RequestGuard(ConnectionGate connections, int adminPort, CancellationToken stopping)
{
    /// <summary>
    /// Whether the request may pass; on a surplus connection only probes may. While the process stops, and on a surplus connection, the answer ends
    /// the connection. Costs two flag checks in normal operation.
    /// </summary>
    internal bool Admits(HttpContext context)
    {
        if (stopping.IsCancellationRequested)
        {
            EndConnection(context);
        }

        if (!connections.HasSurplus || context.Features.Get<SurplusConnection>() is null)
        {
            return true;
        }

        EndConnection(context);
        return context.Request.Path.Value is "/healthz" or "/readyz";
    }

    /// <summary>Whether the port of the request serves a path of the given port.</summary>
    internal bool IsServed(HttpContext context, ListenerPort port) =>
        adminPort == 0 || port == ListenerPort.Any || context.Connection.LocalPort == adminPort == (port == ListenerPort.Admin);

    /// <summary>Makes the client use another connection for its next request. In HTTP/2 the server sends GOAWAY for that.</summary>
    internal static void EndConnection(HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }
}
