using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Garnet;

namespace Llumnix.Cli.Demo;

/// <summary>A Redis-compatible store inside this process, on a free loopback port, in memory only.</summary>
internal sealed class EmbeddedStore : IDisposable
{
    private readonly GarnetServer _server;

    internal EmbeddedStore()
    {
        Port = FreePort();
        _server = new GarnetServer(
            ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--memory", "64m", "--index", "8m", "--page", "1m", "-q"]);
        _server.Start();
    }

    /// <summary>Whether this build holds the store: the gateway's image goes without.</summary>
    internal static bool IsAvailable
    {
        get
        {
            try
            {
                return Assembly.Load("Garnet.host") is not null;
            }
            catch (FileNotFoundException)
            {
                return false;
            }
        }
    }

    internal int Port { get; }

    public void Dispose() => _server.Dispose();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
