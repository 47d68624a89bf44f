using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Llumnix.Adapters.Grpc;
using Llumnix.Adapters.Outages;
using Llumnix.Protocol.Replication;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;
using Llumnix.Server.Options;

namespace Llumnix.Server.Leadership.Peers;

/// <summary>Streams the own ledger to one replica, and connects again when that ends.</summary>
/// <param name="address">Where the replica takes it.</param>
/// <param name="replica">The own ledger.</param>
/// <param name="receivers">The replicas that have a stream by now, shared with the other senders.</param>
/// <param name="options">Batches.</param>
/// <param name="service">Token and certificate.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where the log goes.</param>
internal sealed partial class LedgerSender(
    DnsEndPoint address, LedgerReplica replica, ConcurrentDictionary<ReplicaKey, LedgerSender> receivers, PeerOptions options, ServiceOptions service, TimeProvider time,
    ILogger<LedgerSender> logger)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UnneededAgainAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromMilliseconds(500);
    private readonly OutageLog _outages = new(time);
    private volatile LedgerFeed? _feed;
    private volatile TaskCompletionSource _flush = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _gaps;

    /// <summary>Where the replica is.</summary>
    internal string Address { get; } = HostAddress.EndpointOf(address.Host, address.Port);

    /// <summary>Whether the replica takes the ledger.</summary>
    internal bool IsConnected { get; private set; }

    /// <summary>Whether nothing is to be told at the address: it is this replica's own, or another one of a replica that has a stream.</summary>
    internal bool IsUnneeded { get; private set; }

    /// <summary>Whether the replica refuses the service token of this one.</summary>
    internal bool IsRefused { get; private set; }

    /// <summary>See <see cref="LedgerFeed.Lag"/>; zero while not connected.</summary>
    internal TimeSpan Lag => IsConnected && _feed is { } feed ? feed.Lag : TimeSpan.Zero;

    /// <summary>Times that the replica was too slow for the journal, since the start.</summary>
    internal long Gaps => Interlocked.Read(ref _gaps) + (_feed?.Gaps ?? 0);

    /// <summary>
    /// Tells the replica without waiting for the next batch. Completes when it knows all that has happened here before the call; at once while it is not
    /// connected. To be awaited with a limit.
    /// </summary>
    internal Task FlushAsync()
    {
        if (!IsConnected || _feed is not { } feed)
        {
            return Task.CompletedTask;
        }

        Task told = feed.WhenTold();
        _flush.TrySetResult();
        return told;
    }

    /// <summary>Runs until it is cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        string scheme = service.TlsCertificateFile.Length > 0 ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        var settings = new GrpcChannelSettings { ConnectTimeout = ConnectTimeout, PingInterval = TimeSpan.FromSeconds(1), CaFile = options.CaFile };
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using GrpcChannel channel = GrpcChannels.Open(new Uri($"{scheme}://{Address}"), settings);
                await StreamAsync(new LedgerReplication.LedgerReplicationClient(channel), cancellation);
            }
            catch (Exception exception) when (exception is RpcException or IOException or OperationCanceledException or TimeoutException or InvalidOperationException)
            {
                OnFailed(exception, cancellation);
            }

            IsConnected = false;
            Interlocked.Add(ref _gaps, _feed?.Gaps ?? 0);
            _feed = null;
            await Task.Delay(IsUnneeded ? UnneededAgainAfter : ConnectAgainAfter, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void OnFailed(Exception exception, CancellationToken cancellation)
    {
        IsUnneeded = exception is RpcException { StatusCode: StatusCode.AlreadyExists };
        IsRefused = exception is RpcException { StatusCode: StatusCode.Unauthenticated };
        string reason = IsRefused ? $"it {LeadershipWarning.TokenRefused}" : exception is RpcException rpc ? rpc.Status.Detail : exception.Message;
        if (!IsUnneeded && !cancellation.IsCancellationRequested && _outages.Fails(reason))
        {
            LogFailed(logger, Address, reason);
        }
    }

    private async Task StreamAsync(LedgerReplication.LedgerReplicationClient client, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        string token = service.Token.Reveal();
        Metadata headers = token.Length > 0 ? new Metadata { { "authorization", $"Bearer {token}" } } : [];
        using AsyncDuplexStreamingCall<Protocol.Replication.LedgerBatch, LedgerReceipt> call = client.Follow(headers, cancellationToken: ended.Token);
        ReplicaKey? receiver = LedgerMessages.ReadReceiver(await call.ResponseHeadersAsync.WaitAsync(LedgerReplicationService.Silence, time, ended.Token));
        if (receiver is { } claimed && receivers.GetOrAdd(claimed, this) != this)
        {
            // A feed that is newer makes its receiver refuse the older one's batches: a second stream would take over from the first one, and leave it behind at its end.
            throw new RpcException(new Status(StatusCode.AlreadyExists, "the replica has a stream by another address"));
        }

        try
        {
            await StreamAsync(call, ended);
        }
        finally
        {
            if (receiver is { } released)
            {
                receivers.TryRemove(KeyValuePair.Create(released, this));
            }
        }
    }

    private async Task StreamAsync(AsyncDuplexStreamingCall<Protocol.Replication.LedgerBatch, LedgerReceipt> call, CancellationTokenSource ended)
    {
        LedgerFeed feed = replica.OpenFeed();
        _feed = feed;
        Task receipts = ReadReceiptsAsync(call.ResponseStream, feed, ended.Token);
        try
        {
            await SendAsync(call.RequestStream, feed, receipts, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            // The stream's end tells why it ended better than the failed write does.
            await receipts;
        }
    }

    private async Task SendAsync(
        IClientStreamWriter<Protocol.Replication.LedgerBatch> stream, LedgerFeed feed, Task receipts, CancellationToken cancellation)
    {
        var batch = new Scheduling.Replication.LedgerBatch();
        long sentAt = time.GetTimestamp() - (long)(SignOfLife.TotalSeconds * time.TimestampFrequency);
        while (!receipts.IsCompleted)
        {
            Task change = replica.NextChange();
            if (_flush.Task.IsCompleted)
            {
                _flush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            Task flush = _flush.Task;
            bool isAnySent = false;
            bool isMore = true;
            while (isMore && !receipts.IsCompleted)
            {
                bool isSignOfLife = time.GetElapsedTime(sentAt) >= SignOfLife;
                isMore = feed.Read(batch, isSignOfLife);
                if (!batch.IsEmpty || isSignOfLife)
                {
                    (isAnySent, sentAt) = (true, time.GetTimestamp());
                    await stream.WriteAsync(LedgerMessages.ToMessage(batch, time), cancellation).WaitAsync(LedgerReplicationService.Silence, time, cancellation);
                }
            }

            // The first word after a pause goes at once; then there are batches.
            await (isAnySent ? Task.WhenAny(flush, Task.Delay(options.BatchInterval, time, cancellation))
                : Task.WhenAny(change, flush, receipts, Task.Delay(SignOfLife, time, cancellation)));
        }
    }

    private async Task ReadReceiptsAsync(IAsyncStreamReader<LedgerReceipt> stream, LedgerFeed feed, CancellationToken cancellation)
    {
        while (await stream.MoveNext(cancellation))
        {
            LedgerReceipt receipt = stream.Current;
            if (!IsConnected)
            {
                (IsConnected, IsRefused) = (true, false);
                IsUnneeded = false;
                if (_outages.Answers())
                {
                    LogConnected(logger, Address);
                }
            }

            if (receipt.Outcome == LedgerReceipt.Types.Outcome.SnapshotNeeded)
            {
                feed.RequestSnapshot();
            }

            if (receipt.Outcome is LedgerReceipt.Types.Outcome.Applied or LedgerReceipt.Types.Outcome.SnapshotNeeded)
            {
                feed.Acknowledge(receipt.Number);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The replica {Address} is told the placements of this one")]
    private static partial void LogConnected(ILogger logger, string address);

    [LoggerMessage(LogLevel.Warning, "The replica {Address} is not told the placements of this one: {Reason}")]
    private static partial void LogFailed(ILogger logger, string address, string reason);
}
