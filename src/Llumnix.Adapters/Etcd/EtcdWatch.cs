using System.Globalization;
using Grpc.Core;
using Llumnix.Protocol.Etcd;

namespace Llumnix.Adapters.Etcd;

/// <summary>A watch at one member.</summary>
/// <remarks>A watch is silent while nothing changes, and also when its member is cut off: probe the member beside it.</remarks>
internal sealed class EtcdWatch : IDisposable
{
    private readonly EtcdCluster _cluster;
    private readonly EtcdMember _member;
    private readonly AsyncDuplexStreamingCall<WatchRequest, WatchResponse> _stream;

    private EtcdWatch(EtcdCluster cluster, EtcdMember member, AsyncDuplexStreamingCall<WatchRequest, WatchResponse> stream) =>
        (_cluster, _member, _stream) = (cluster, member, stream);

    /// <summary>Opens a watch.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="member">The member that watches.</param>
    /// <param name="keys">What is watched.</param>
    /// <param name="revision">The first revision whose events are wanted.</param>
    /// <param name="cancellationToken">Ends the watch, now and later.</param>
    /// <exception cref="EtcdException">The member does not answer or refuses, as when the revision has been compacted.</exception>
    public static async Task<EtcdWatch> OpenAsync(
        EtcdCluster cluster, EtcdMember member, EtcdPrefix keys, long revision, CancellationToken cancellationToken)
    {
        AsyncDuplexStreamingCall<WatchRequest, WatchResponse> stream = await cluster.CallAsync(
            member, (m, call) => CreateAsync(m, keys, revision, call, cancellationToken), cancellationToken);
        var watch = new EtcdWatch(cluster, member, stream);
        try
        {
            Check(stream.ResponseStream.Current);
            return watch;
        }
        catch
        {
            watch.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next events.</summary>
    /// <exception cref="EtcdException">The watch is lost.</exception>
    public async Task<WatchResponse> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await _stream.ResponseStream.MoveNext(cancellationToken))
            {
                throw new EtcdException("the watch ended");
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e)
        {
            throw _cluster.Failed(_member, e, Timeout.InfiniteTimeSpan);
        }

        Check(_stream.ResponseStream.Current);
        return _stream.ResponseStream.Current;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static async Task<AsyncDuplexStreamingCall<WatchRequest, WatchResponse>> CreateAsync(
        EtcdMember member, EtcdPrefix keys, long revision, CallOptions call, CancellationToken lifetime)
    {
        var stream = member.Watches.Watch(call.WithCancellationToken(lifetime));
        try
        {
            var create = new WatchCreateRequest { Key = keys.Start, RangeEnd = keys.End, StartRevision = revision, Fragment = true };
            await stream.RequestStream.WriteAsync(new WatchRequest { CreateRequest = create }, call.CancellationToken);
            return await stream.ResponseStream.MoveNext(call.CancellationToken) ? stream : throw new EtcdException("the watch ended");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static void Check(WatchResponse response)
    {
        if (response.CompactRevision != 0)
        {
            throw new EtcdException(
                string.Create(CultureInfo.InvariantCulture, $"the watch fell behind: compacted up to revision {response.CompactRevision}"))
            {
                IsRefusal = true,
            };
        }

        if (response.Canceled)
        {
            throw new EtcdException($"the watch was cancelled: {response.CancelReason}") { IsRefusal = true };
        }
    }
}
