using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Llumnix.Adapters.Listeners;

/// <summary>
/// Bounds a listener's connections, in total and per address. Kestrel's own limit closes a surplus connection without an answer, even that of a
/// probe. The gate instead holds a few surplus connections, the newest ones, so that probes are answered and other requests are told 503.
/// </summary>
/// <remarks>Costs two dictionary look-ups per connection and nothing per request.</remarks>
public sealed class ConnectionGate(ConnectionLimits limits, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly BoundedCounts<AddressKey> _counts = new(limits.Total, limits.PerAddress);
    private readonly LinkedList<ConnectionContext> _surplus = [];
    private volatile bool _hasSurplus;

    /// <summary>Whether a surplus connection is held.</summary>
    public bool HasSurplus => _hasSurplus;

    /// <summary>Connections within the limits.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _counts.Count;
            }
        }
    }

    /// <summary>Runs a connection from its beginning to its end, within the limits. Comes before TLS in the pipeline.</summary>
    public async Task HoldAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        AddressKey address = AddressKey.Of(connection.RemoteEndPoint);
        if (!TryAdd(address))
        {
            await HoldSurplusAsync(connection, next);
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            lock (_gate)
            {
                _counts.Remove(address);
            }
        }
    }

    /// <summary>Waits for the first byte, so that a connection that never sends anything is closed. Comes just before HTTP in the pipeline.</summary>
    public async Task AwaitFirstByteAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        CancellationToken stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using (var timeout = new CancellationTokenSource(limits.FirstByteTimeout, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping))
        {
            try
            {
                var first = await connection.Transport.Input.ReadAsync(either.Token);
                connection.Transport.Input.AdvanceTo(first.Buffer.Start);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                return;
            }
        }

        await next(connection);
    }

    private bool TryAdd(AddressKey address)
    {
        lock (_gate)
        {
            return _counts.TryAdd(address);
        }
    }

    private async Task HoldSurplusAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        connection.Features.Set(SurplusConnection.Mark);
        LinkedListNode<ConnectionContext> held = AddSurplus(connection);
        using var lifetime = new CancellationTokenSource(limits.SurplusLifetime, time);
        using CancellationTokenRegistration ending = lifetime.Token.UnsafeRegister(static c => Drop((ConnectionContext)c!), connection);
        try
        {
            await next(connection);
        }
        finally
        {
            RemoveSurplus(held);
        }
    }

    private LinkedListNode<ConnectionContext> AddSurplus(ConnectionContext connection)
    {
        ConnectionContext? oldest = null;
        LinkedListNode<ConnectionContext> held;
        lock (_gate)
        {
            held = _surplus.AddLast(connection);
            _hasSurplus = true;
            if (_surplus.Count > limits.Surplus)
            {
                oldest = _surplus.First!.Value;
                _surplus.RemoveFirst();
            }
        }

        if (oldest is not null)
        {
            Drop(oldest);
        }

        return held;
    }

    private void RemoveSurplus(LinkedListNode<ConnectionContext> held)
    {
        lock (_gate)
        {
            if (held.List is not null)
            {
                _surplus.Remove(held);
            }

            _hasSurplus = _surplus.Count > 0;
        }
    }

    private static void Drop(ConnectionContext connection) => connection.Abort(new ConnectionAbortedException("over the limit of connections"));
}
