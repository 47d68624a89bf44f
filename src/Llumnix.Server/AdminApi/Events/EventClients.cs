using System.Threading.Channels;

namespace Llumnix.Server.AdminApi.Events;

/// <summary>The clients of the event stream. A message is made once for all; a client that does not read in time is given up. Safe for concurrent use.</summary>
internal sealed class EventClients
{
    /// <summary>Most clients at a time.</summary>
    internal const int MaxClients = 16;

    /// <summary>Messages that may wait for one client: those of several seconds.</summary>
    private const int MaxWaiting = 64;

    private readonly Lock _gate = new();
    private readonly HashSet<Channel<byte[]>> _clients = [];

    /// <summary>How many there are.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _clients.Count;
            }
        }
    }

    /// <summary>Adds a client.</summary>
    /// <returns>Where its messages come from, until it is given up; null when there are too many clients.</returns>
    internal Channel<byte[]>? TryAdd()
    {
        lock (_gate)
        {
            if (_clients.Count == MaxClients)
            {
                return null;
            }

            var client = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
            _clients.Add(client);
            return client;
        }
    }

    /// <summary>Removes a client.</summary>
    internal void Remove(Channel<byte[]> client)
    {
        lock (_gate)
        {
            _clients.Remove(client);
        }
    }

    /// <summary>Gives a message, or several as one, to all clients.</summary>
    internal void Send(byte[] message)
    {
        lock (_gate)
        {
            foreach (Channel<byte[]> client in _clients)
            {
                if (!client.Writer.TryWrite(message))
                {
                    client.Writer.TryComplete();
                }
            }
        }
    }

    /// <summary>Ends the streams of all clients.</summary>
    internal void End()
    {
        lock (_gate)
        {
            foreach (Channel<byte[]> client in _clients)
            {
                client.Writer.TryComplete();
            }
        }
    }
}
