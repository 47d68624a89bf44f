using System.Collections.Concurrent;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Grpc.Core;
using Llumnix.Adapters.Etcd;
using Llumnix.Protocol.Etcd;

namespace Llumnix.Adapters.Leases;

/// <summary>
/// Leases in etcd. The key <c>/llumnix/lease/NAME</c> holds the holder and is attached to an etcd lease; <c>/llumnix/lease/NAME/history</c> keeps the last
/// epoch, and whether the lease was released. Changes are transactions that compare what was read before.
/// </summary>
/// <param name="options">The cluster.</param>
/// <param name="timeProvider">Timeouts.</param>
public sealed class EtcdLeaseStore(EtcdOptions options, TimeProvider timeProvider) : ILeaseStore
{
    // Another candidate may come in between a reading and the change that depends on it; one of the two is through then.
    private const int Attempts = 3;

    private readonly EtcdCluster _cluster = new(options, timeProvider);
    private readonly ConcurrentDictionary<(string Lease, string HolderId), long> _grants = [];

    /// <inheritdoc/>
    public async Task<LeaseRecord?> ReadAsync(string lease, CancellationToken cancellationToken)
    {
        Reading reading = await CallAsync((member, call) => ReadAsync(member, lease, call), cancellationToken);
        return await RecordAsync(reading, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<LeaseRecord> AcquireAsync(
        string lease, LeaseCandidate candidate, TimeSpan ttl, long aboveEpoch, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            Reading reading = await CallAsync((member, call) => RenewAndReadAsync(member, lease, candidate.Id, call), cancellationToken);
            if (reading.Holder is { } holder && holder.HolderId != candidate.Id)
            {
                return (await RecordAsync(reading, cancellationToken))!;
            }

            if (reading.Holder is { } own && _grants.TryGetValue((lease, candidate.Id), out long known) && known == reading.Grant)
            {
                return own with { Remaining = ttl };
            }

            if (reading.Holder is not null)
            {
                // Acquired by a call whose answer was lost: it was not renewed above, for its grant was not known.
                _grants[(lease, candidate.Id)] = reading.Grant;
            }
            else if (await TryCreateAsync(lease, candidate, ttl, Math.Max(reading.Epoch, aboveEpoch) + 1, reading, cancellationToken) is { } record)
            {
                return record;
            }

            if (attempt == Attempts)
            {
                throw new LeaseStoreException("other candidates changed the lease at the same time");
            }
        }
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(string lease, string holderId, CancellationToken cancellationToken)
    {
        Reading reading = await CallAsync((member, call) => ReadAsync(member, lease, call), cancellationToken);
        if (reading.Holder is not { } holder || holder.HolderId != holderId)
        {
            return;
        }

        var request = new TxnRequest
        {
            Compare = { IsVersion(Key(lease), reading.HolderVersion) },
            Success =
            {
                new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Key(lease) } },
                Put(HistoryKey(lease), History(holder.Epoch, isReleased: true), 0),
            },
        };
        await CallAsync((member, call) => member.Store.TxnAsync(request, call).ResponseAsync, cancellationToken);
        _grants.TryRemove((lease, holderId), out _);
        await RevokeAsync(reading.Grant, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<byte[]?> ReadValueAsync(string lease, string name, CancellationToken cancellationToken)
    {
        var request = new RangeRequest { Key = ValueKey(lease, name) };
        RangeResponse response = await CallAsync((member, call) => member.Store.RangeAsync(request, call).ResponseAsync, cancellationToken);
        return response.Kvs.Count == 0 ? null : response.Kvs[0].Value.ToByteArray();
    }

    /// <inheritdoc/>
    public async Task<bool> WriteValueAsync(
        string lease, string name, ReadOnlyMemory<byte> value, long epoch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, ILeaseStore.MaxValueBytes);
        Reading reading = await CallAsync((member, call) => ReadAsync(member, lease, call), cancellationToken);
        if (reading.Holder?.Epoch != epoch)
        {
            return false;
        }

        var request = new TxnRequest
        {
            Compare = { IsVersion(Key(lease), reading.HolderVersion) },
            Success = { Put(ValueKey(lease, name), ByteString.CopyFrom(value.Span), 0) },
        };
        TxnResponse response = await CallAsync((member, call) => member.Store.TxnAsync(request, call).ResponseAsync, cancellationToken);
        return response.Succeeded;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _cluster.Dispose();
        return ValueTask.CompletedTask;
    }

    private static ByteString Key(string lease) => ByteString.CopyFromUtf8($"/llumnix/lease/{lease}");

    private static ByteString HistoryKey(string lease) => ByteString.CopyFromUtf8($"/llumnix/lease/{lease}/history");

    private static ByteString ValueKey(string lease, string name) => ByteString.CopyFromUtf8($"/llumnix/lease/{lease}/value/{name}");

    private static ByteString History(long epoch, bool isReleased) =>
        ByteString.CopyFromUtf8(string.Create(CultureInfo.InvariantCulture, $"{epoch}{(isReleased ? "\nreleased" : "")}"));

    private static RequestOp Put(ByteString key, ByteString value, long grant) =>
        new() { RequestPut = new PutRequest { Key = key, Value = value, Lease = grant } };

    private static Compare IsVersion(ByteString key, long revision) =>
        new() { Target = Compare.Types.CompareTarget.Mod, Result = Compare.Types.CompareResult.Equal, Key = key, ModRevision = revision };

    // A member that has lost the quorum may still answer the renewal, but not the reading after it. So both go to the same member, in this order.
    private async Task<Reading> RenewAndReadAsync(EtcdMember member, string lease, string holderId, CallOptions call)
    {
        if (_grants.TryGetValue((lease, holderId), out long grant))
        {
            using AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> stream = member.Leases.LeaseKeepAlive(call);
            await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = grant }, call.CancellationToken);
            if (!await stream.ResponseStream.MoveNext(call.CancellationToken))
            {
                throw new EtcdException("the stream of renewals ended");
            }

            if (stream.ResponseStream.Current.TTL <= 0)
            {
                _grants.TryRemove((lease, holderId), out _);
            }
        }

        return await ReadAsync(member, lease, call);
    }

    private static async Task<Reading> ReadAsync(EtcdMember member, string lease, CallOptions call)
    {
        var request = new TxnRequest
        {
            Success =
            {
                new RequestOp { RequestRange = new RangeRequest { Key = Key(lease) } },
                new RequestOp { RequestRange = new RangeRequest { Key = HistoryKey(lease) } },
            },
        };
        TxnResponse response = await member.Store.TxnAsync(request, call);
        return response.Responses.Count == 2
            ? Reading.Of(response.Responses[0].ResponseRange.Kvs, response.Responses[1].ResponseRange.Kvs)
            : throw new EtcdException("the answer to a transaction has another form than etcd gives it");
    }

    private async Task<LeaseRecord?> RecordAsync(Reading reading, CancellationToken cancellationToken)
    {
        if (reading.Holder is not { } holder)
        {
            return reading.IsReleased ? new LeaseRecord("", "", reading.Epoch, TimeSpan.Zero) : null;
        }

        LeaseTimeToLiveResponse response = await CallAsync(
            (member, call) => member.Leases.LeaseTimeToLiveAsync(new LeaseTimeToLiveRequest { ID = reading.Grant }, call).ResponseAsync,
            cancellationToken);
        return holder with { Remaining = TimeSpan.FromSeconds(Math.Max(0, response.TTL)) };
    }

    /// <returns>Null when another candidate was faster.</returns>
    private async Task<LeaseRecord?> TryCreateAsync(
        string lease, LeaseCandidate candidate, TimeSpan ttl, long epoch, Reading reading, CancellationToken cancellationToken)
    {
        var grantRequest = new LeaseGrantRequest { TTL = Math.Max(1, (long)Math.Ceiling(ttl.TotalSeconds)) };
        LeaseGrantResponse grant = await CallAsync((member, call) => member.Leases.LeaseGrantAsync(grantRequest, call).ResponseAsync, cancellationToken);
        var request = new TxnRequest
        {
            Compare = { IsVersion(Key(lease), 0), IsVersion(HistoryKey(lease), reading.HistoryVersion) },
            Success =
            {
                Put(Key(lease), ByteString.CopyFromUtf8(LeaseText.Write(candidate, epoch)), grant.ID),
                Put(HistoryKey(lease), History(epoch, isReleased: false), 0),
            },
        };
        TxnResponse response = await CallAsync((member, call) => member.Store.TxnAsync(request, call).ResponseAsync, cancellationToken);
        if (response.Succeeded)
        {
            _grants[(lease, candidate.Id)] = grant.ID;
            return new LeaseRecord(candidate.Id, candidate.Address, epoch, ttl);
        }

        await RevokeAsync(grant.ID, cancellationToken);
        return null;
    }

    private Task<bool> RevokeAsync(long grant, CancellationToken cancellationToken) => CallAsync(
        async (member, call) =>
        {
            try
            {
                await member.Leases.LeaseRevokeAsync(new LeaseRevokeRequest { ID = grant }, call);
                return true;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                return false;
            }
        },
        cancellationToken);

    private async Task<T> CallAsync<T>(Func<EtcdMember, CallOptions, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await _cluster.CallAsync(call, cancellationToken);
        }
        catch (EtcdException e)
        {
            throw new LeaseStoreException(e.Message);
        }
    }

    /// <summary>The lease's key and its history at one moment. A version of 0 says that there is no such key.</summary>
    private sealed record Reading(LeaseRecord? Holder, long HolderVersion, long Grant, long Epoch, bool IsReleased, long HistoryVersion)
    {
        public static Reading Of(RepeatedField<KeyValue> holders, RepeatedField<KeyValue> histories)
        {
            KeyValue? holder = holders.Count == 0 ? null : holders[0];
            KeyValue? history = histories.Count == 0 ? null : histories[0];
            string[] lines = history?.Value.ToStringUtf8().Split('\n') ?? [];
            _ = long.TryParse(lines.Length == 0 ? "" : lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out long epoch);
            return new Reading(
                holder is null ? null : LeaseText.Read(holder.Value.ToStringUtf8(), TimeSpan.Zero),
                holder?.ModRevision ?? 0,
                holder?.Lease ?? 0,
                epoch,
                lines.Length == 2 && epoch > 0,
                history?.ModRevision ?? 0);
        }
    }
}
