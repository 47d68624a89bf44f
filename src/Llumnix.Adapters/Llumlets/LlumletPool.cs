using Grpc.Net.Client;
using Llumnix.Adapters.Grpc;

namespace Llumnix.Adapters.Llumlets;

/// <summary>A bounded pool of connections, one per llumlet; a new one replaces the least recently used idle one. For any threads.</summary>
internal sealed class LlumletPool(LlumletOptions options, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Uri, Connection> _connections = [];
    private bool _isDisposed;

    /// <summary>Open connections.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>
    /// Takes the connection to an address for use until <see cref="Return"/>; null when the pool is full and every connection is in use.
    /// </summary>
    /// <exception cref="IOException">The CA file cannot be used.</exception>
    /// <exception cref="ObjectDisposedException">The pool is closed.</exception>
    public GrpcChannel? Rent(Uri address)
    {
        GrpcChannel? closing = null;
        try
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (!_connections.TryGetValue(address, out Connection? connection))
                {
                    if (_connections.Count >= options.PoolSize && !TryEvict(out closing))
                    {
                        return null;
                    }

                    connection = new Connection(Open(address));
                    _connections.Add(address, connection);
                }

                connection.Users++;
                return connection.Channel;
            }
        }
        finally
        {
            closing?.Dispose();
        }
    }

    /// <summary>Ends the use of a connection.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="isBroken">Whether to close the connection, as soon as no other call uses it, instead of keeping it.</param>
    public void Return(Uri address, bool isBroken)
    {
        GrpcChannel? closing = null;
        lock (_lock)
        {
            if (_connections.TryGetValue(address, out Connection? connection))
            {
                connection.Users--;
                connection.LastUsed = time.GetTimestamp();
                connection.IsBroken |= isBroken;
                if (connection is { Users: 0, IsBroken: true })
                {
                    _connections.Remove(address);
                    closing = connection.Channel;
                }
            }
        }

        closing?.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (Connection connection in _connections.Values)
            {
                connection.Channel.Dispose();
            }

            _connections.Clear();
        }
    }

    private GrpcChannel Open(Uri address) =>
        GrpcChannels.Open(address, new GrpcChannelSettings { ConnectTimeout = options.Timeout, CaFile = options.CaFile });

    private bool TryEvict(out GrpcChannel? closing)
    {
        closing = null;
        Uri? oldest = null;
        foreach ((Uri address, Connection connection) in _connections)
        {
            if (connection.Users == 0 && (oldest is null || connection.LastUsed < _connections[oldest].LastUsed))
            {
                oldest = address;
            }
        }

        if (oldest is null)
        {
            return false;
        }

        closing = _connections[oldest].Channel;
        _connections.Remove(oldest);
        return true;
    }

    private sealed class Connection(GrpcChannel channel)
    {
        public GrpcChannel Channel { get; } = channel;

        public int Users { get; set; }

        public long LastUsed { get; set; }

        public bool IsBroken { get; set; }
    }
}
