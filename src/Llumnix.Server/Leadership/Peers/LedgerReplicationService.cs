using Grpc.Core;
using Llumnix.Protocol.Replication;
using Llumnix.Scheduling.Replication;
using Llumnix.Server.Http;

namespace Llumnix.Server.Leadership.Peers;

/// <summary>Takes the ledgers of other replicas. A stream that brings nothing for <see cref="Silence"/> ends, for replicas give signs of life.</summary>
/// <param name="replica">The ledger that they are added to.</param>
/// <param name="token">The token that callers must send.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Cancelled when the process is asked to stop.</param>
internal sealed class LedgerReplicationService(LedgerReplica replica, ServiceToken token, TimeProvider time, CancellationToken stopping)
    : LedgerReplication.LedgerReplicationBase
{
    /// <summary>Time without a batch after which a replica counts as gone.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public override async Task Follow(
        IAsyncStreamReader<Protocol.Replication.LedgerBatch> requestStream, IServerStreamWriter<LedgerReceipt> responseStream, ServerCallContext context)
    {
        if (!token.Admits(context.RequestHeaders.GetValue("authorization")))
        {
            throw new RpcException(new Status(StatusCode.Unauthenticated, "unauthorized"));
        }

        await context.WriteResponseHeadersAsync(LedgerMessages.WriteReceiver(replica.Self));
        using var silence = new CancellationTokenSource(Silence, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, context.CancellationToken, stopping);
        var batch = new Scheduling.Replication.LedgerBatch();
        ReplicaKey? origin = null;
        try
        {
            while (await requestStream.MoveNext(ended.Token))
            {
                silence.CancelAfter(Silence);
                if (!LedgerMessages.TryRead(requestStream.Current, batch, time) || (origin is { } known && known != batch.Origin))
                {
                    throw new RpcException(new Status(StatusCode.InvalidArgument, "malformed batch"));
                }

                origin ??= Open(batch.Origin);
                BatchReceipt receipt = replica.Receive(batch);
                var message = new LedgerReceipt { Number = batch.Number, Outcome = OutcomeOf(receipt) };
                await responseStream.WriteAsync(message, ended.Token).WaitAsync(Silence, time, ended.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the stream has ended"));
        }
        finally
        {
            if (origin is { } opened)
            {
                replica.OnStreamEnded(opened);
            }
        }
    }

    private ReplicaKey Open(ReplicaKey origin) =>
        origin == replica.Self ? throw new RpcException(new Status(StatusCode.AlreadyExists, "this is the same replica"))
        : replica.OnStreamOpened(origin) ? origin
        : throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many replicas"));

    private static LedgerReceipt.Types.Outcome OutcomeOf(BatchReceipt receipt) => receipt switch
    {
        BatchReceipt.Applied => LedgerReceipt.Types.Outcome.Applied,
        BatchReceipt.SnapshotNeeded => LedgerReceipt.Types.Outcome.SnapshotNeeded,
        BatchReceipt.AwaitingSnapshot => LedgerReceipt.Types.Outcome.AwaitingSnapshot,
        _ => LedgerReceipt.Types.Outcome.Stale,
    };
}
