using Grpc.Core;
using Grpc.Net.Client;
using Llumnix.Protocol.Etcd;

namespace Llumnix.Adapters.Etcd;

/// <summary>One member of the cluster, and the connection to it. For any threads.</summary>
internal sealed class EtcdMember(Uri address, EtcdOptions options, TimeProvider timeProvider) : IDisposable
{
    private readonly Lock _lock = new();
    private GrpcChannel? _channel;
    private long _opened;
    private bool _hasAnswered;

    /// <summary>Its address, for errors and logs: host:port.</summary>
    public string Name { get; } = address.Authority;

    /// <summary>The calls to the key-value store.</summary>
    public KV.KVClient Store => new(Channel());

    /// <summary>The watches.</summary>
    public Watch.WatchClient Watches => new(Channel());

    /// <summary>The calls about leases.</summary>
    public Lease.LeaseClient Leases => new(Channel());

    /// <summary>The calls about authentication.</summary>
    public Auth.AuthClient Authentication => new(Channel());

    /// <summary>Notes that a call over the present connection was answered.</summary>
    public void NoteAnswer() => _hasAnswered = true;

    /// <summary>
    /// Drops the connection after a failure, even while other calls use it: a peer that does not answer may be long gone. A connection that is still
    /// being opened is left alone.
    /// </summary>
    public void NoteFailure()
    {
        lock (_lock)
        {
            if (_hasAnswered || timeProvider.GetElapsedTime(_opened) >= options.DialTimeout)
            {
                Close();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            Close();
        }
    }

    private CallInvoker Channel()
    {
        lock (_lock)
        {
            if (_channel is null)
            {
                _channel = EtcdChannels.Open(address, options);
                _opened = timeProvider.GetTimestamp();
                _hasAnswered = false;
            }

            return _channel.CreateCallInvoker();
        }
    }

    private void Close()
    {
        _channel?.Dispose();
        _channel = null;
    }
}
