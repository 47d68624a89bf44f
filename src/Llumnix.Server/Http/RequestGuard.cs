using Llumnix.Server.Connections;

namespace Llumnix.Server.Http;

/// <summary>
/// What stands before every request: the end of the connection once the process is to stop, the refusal of connections over the limit, and
/// which port answers what.
/// </summary>
/// <param name="connections">The service's listener.</param>
/// <param name="adminPort">The port of the metrics and explanations; 0 for none.</param>
/// <param name="stopping">Cancelled from the moment on that the process is asked to stop.</param>
internal sealed class RequestGuard(ConnectionGate connections, int adminPort, CancellationToken stopping)
{
    /// <summary>Whether the process has been asked to stop.</summary>
    internal bool IsStopping => stopping.IsCancellationRequested;

    /// <summary>Lets a request pass, or says what it is answered instead. Costs next to nothing while all is as usual.</summary>
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

    /// <summary>Whether the request's port answers placements; false only on the admin port.</summary>
    internal bool IsServicePort(HttpContext context) => adminPort == 0 || context.Connection.LocalPort != adminPort;

    /// <summary>Whether the request's port answers metrics and explanations: the admin port, where there is one.</summary>
    internal bool IsAdminPort(HttpContext context) => adminPort == 0 || context.Connection.LocalPort == adminPort;

    /// <summary>Has the client send its next request on another connection. HTTP/2 has a frame for that, which the server sends.</summary>
    internal static void EndConnection(HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }
}
