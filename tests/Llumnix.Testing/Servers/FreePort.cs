using System.Net;
using System.Net.Sockets;

namespace Llumnix.Testing.Servers;

/// <summary>Finds free ports.</summary>
public static class FreePort
{
    /// <summary>Finds different free ports of the loopback address. Another process may take one before it is used.</summary>
    public static int[] Find(int count)
    {
        var listeners = new List<TcpListener>();
        try
        {
            for (int i = 0; i < count; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                listeners.Add(listener);
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Stop());
        }
    }
}
