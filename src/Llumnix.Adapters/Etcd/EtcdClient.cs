using Google.Protobuf;
using Grpc.Core;
using Llumnix.Protocol.Etcd;

namespace Llumnix.Adapters.Etcd;

/// <summary>
/// A client of an etcd cluster. Calls go to one member until it fails; then all members are asked at once, and the first one that proves that it has
/// the quorum is used from then on. Each call ends within its timeouts. For any threads.
/// </summary>
/// <param name="options">The cluster.</param>
/// <param name="timeProvider">Timeouts.</param>
/// <exception cref="ArgumentException">There is no endpoint, an endpoint is malformed, or a timeout is not above zero.</exception>
public sealed class EtcdClient(EtcdOptions options, TimeProvider timeProvider) : IDisposable
{
    private readonly EtcdCluster _cluster = new(options, timeProvider);

    /// <summary>Grants a lease; keys that are put with it go when it ends.</summary>
    /// <param name="ttl">Its lifetime without a renewal, in whole seconds, at least one; etcd may choose a longer one.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The lease's id.</returns>
    /// <exception cref="EtcdException">No member answers, or etcd refuses.</exception>
    public async Task<long> GrantLeaseAsync(TimeSpan ttl, CancellationToken cancellationToken)
    {
        var request = new LeaseGrantRequest { TTL = Math.Max(1, (long)Math.Ceiling(ttl.TotalSeconds)) };
        LeaseGrantResponse response = await _cluster.CallAsync(
            (member, call) => member.Leases.LeaseGrantAsync(request, call).ResponseAsync, cancellationToken);
        return response.ID;
    }

    /// <summary>Renews a lease.</summary>
    /// <param name="lease">The lease's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The remaining lifetime; zero: the lease has ended, and a new one is needed.</returns>
    /// <exception cref="EtcdException">No member answers, or etcd refuses.</exception>
    public async Task<TimeSpan> KeepLeaseAliveAsync(long lease, CancellationToken cancellationToken)
    {
        LeaseKeepAliveResponse response = await _cluster.CallAsync((member, call) => RenewAsync(member, lease, call), cancellationToken);
        return TimeSpan.FromSeconds(Math.Max(0, response.TTL));
    }

    /// <summary>Ends a lease at once, and deletes its keys. One that has ended already is no error.</summary>
    /// <param name="lease">The lease's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="EtcdException">No member answers, or etcd refuses.</exception>
    public Task RevokeLeaseAsync(long lease, CancellationToken cancellationToken)
    {
        var request = new LeaseRevokeRequest { ID = lease };
        return _cluster.CallAsync((member, call) => RevokeAsync(member, request, call), cancellationToken);
    }

    /// <summary>Writes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="lease">The lease with which the key ends; 0: none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="EtcdException">No member answers, or etcd refuses, as when the lease has ended.</exception>
    public Task PutAsync(string key, ReadOnlyMemory<byte> value, long lease, CancellationToken cancellationToken)
    {
        var request = new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFrom(value.Span), Lease = lease };
        return _cluster.CallAsync((member, call) => member.Store.PutAsync(request, call).ResponseAsync, cancellationToken);
    }

    /// <summary>Deletes a key, if it is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="EtcdException">No member answers, or etcd refuses.</exception>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var request = new DeleteRangeRequest { Key = ByteString.CopyFromUtf8(key) };
        return _cluster.CallAsync((member, call) => member.Store.DeleteRangeAsync(request, call).ResponseAsync, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _cluster.Dispose();

    private static async Task<LeaseKeepAliveResponse> RenewAsync(EtcdMember member, long lease, CallOptions call)
    {
        using AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> stream = member.Leases.LeaseKeepAlive(call);
        await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = lease }, call.CancellationToken);
        return await stream.ResponseStream.MoveNext(call.CancellationToken)
            ? stream.ResponseStream.Current
            : throw new EtcdException("the stream of renewals ended");
    }

    private static async Task<bool> RevokeAsync(EtcdMember member, LeaseRevokeRequest request, CallOptions call)
    {
        try
        {
            await member.Leases.LeaseRevokeAsync(request, call);
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return false;
        }
    }
}
