using Llumnix.Server.Connections;

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
    /// <summary>Whether the process has been asked to stop.</summary>
    internal bool IsStopping => stopping.IsCancellationRequested;

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

    /// <summary>Whether the request's port serves placements; false only on the admin port.</summary>
    internal bool IsServicePort(HttpContext context) => adminPort == 0 || context.Connection.LocalPort != adminPort;

    /// <summary>Whether the request's port serves metrics and explanations: the admin port, where there is one.</summary>
    internal bool IsAdminPort(HttpContext context) => adminPort == 0 || context.Connection.LocalPort == adminPort;

    /// <summary>Makes the client use another connection for its next request. In HTTP/2 the server sends GOAWAY for that.</summary>
    internal static void EndConnection(HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }
}
