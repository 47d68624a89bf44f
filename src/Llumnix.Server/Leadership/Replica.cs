using System.Globalization;
using Llumnix.Adapters.Leases;
using Llumnix.Server.Draining;
using Llumnix.Server.Leadership.Peers;

namespace Llumnix.Server.Leadership;

/// <summary>
/// This process as one of several schedulers: holds the scheduler's lease or waits for it, tells the leader which gateways live here, and knows where the
/// leader is. For any threads.
/// </summary>
internal sealed partial class Replica : ILeasePeers, IDrainLease, IAsyncDisposable
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan HandOverTimeout = TimeSpan.FromSeconds(1);

    private readonly ILeaseStore _store;
    private readonly LeaseHolder _holder;
    private readonly GatewayRoster _gateways;
    private readonly ReplicaClient _client;
    private readonly LeadershipTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger<Replica> _logger;
    private readonly SemaphoreSlim _report = new(0, 1);
    private volatile TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Tuple<long, string> _epochText = Tuple.Create(0L, "0");
    private string _leaderId = "";
    private volatile string? _refusedBy;
    // Ticks of UTC; 0 while a leader is known.
    private long _leaderlessSince;

    /// <param name="store">Keeps the lease; disposed with it.</param>
    /// <param name="options">How the lease is held.</param>
    /// <param name="candidate">This process.</param>
    /// <param name="gateways">The gateways that live here.</param>
    /// <param name="others">The other replicas.</param>
    /// <param name="peers">Where the other replicas take this one's ledger.</param>
    /// <param name="client">Asks other replicas; disposed with it.</param>
    /// <param name="telemetry">Counts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where the log goes.</param>
    internal Replica(
        ILeaseStore store,
        LeaseHolderOptions options,
        LeaseCandidate candidate,
        GatewayRoster gateways,
        KnownReplicas others,
        ReportedPeers peers,
        ReplicaClient client,
        LeadershipTelemetry telemetry,
        TimeProvider time,
        ILoggerFactory logging)
    {
        (_store, _gateways, _client, _telemetry, _time) = (store, gateways, client, telemetry, time);
        _logger = logging.CreateLogger<Replica>();
        (Name, Others, Peers) = (options.Name, others, peers);
        _leaderlessSince = time.GetUtcNow().UtcTicks;
        _holder = new LeaseHolder(store, options, candidate, time, logging.CreateLogger<LeaseHolder>(), this);
        _holder.Changed += OnViewChanged;
        _gateways.Changed += ReportSoon;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long? LeadingEpoch => IsLeading ? Epoch : null;

    /// <inheritdoc/>
    public Task NextChange => _change.Task;

    /// <summary>Whether this replica decides now; one reading of the clock.</summary>
    internal bool IsLeading => _holder.IsLeading;

    /// <summary>What the last round of the lease found.</summary>
    internal LeaseView View => _holder.View;

    /// <summary>This process.</summary>
    internal LeaseCandidate Candidate => _holder.Candidate;

    /// <summary>The epoch of our last lease.</summary>
    internal long Epoch => _holder.Epoch;

    /// <summary>The epoch as text; made once for each.</summary>
    internal string EpochText
    {
        get
        {
            Tuple<long, string> known = _epochText;
            long epoch = Epoch;
            if (known.Item1 != epoch)
            {
                _epochText = known = Tuple.Create(epoch, epoch.ToString(CultureInfo.InvariantCulture));
            }

            return known.Item2;
        }
    }

    /// <summary>The other replicas, as they tell.</summary>
    internal KnownReplicas Others { get; }

    /// <summary>Where the other replicas take this one's ledger, as they tell.</summary>
    internal ReportedPeers Peers { get; }

    /// <summary>
    /// What a leader that is asked to stop does before it gives its lease back, in a bounded time: state that the next one needs goes out.
    /// Null: nothing.
    /// </summary>
    internal Func<CancellationToken, Task>? BeforeHandOver { get; set; }

    /// <summary>The leader, when it is another replica; null when none is known or it is this one.</summary>
    internal LeaseRecord? Leader =>
        _holder.View.Current is { IsHeld: true, Address.Length: > 0 } leader && leader.HolderId != Candidate.Id ? leader : null;

    /// <summary>The state for /leaderz and /readyz.</summary>
    internal LeaderState State()
    {
        LeaseView view = View;
        bool isLeading = IsLeading;
        string role = !isLeading ? "follower" : view.Role == LeaseRole.Frozen ? "frozen" : "leader";
        return isLeading ? new LeaderState(role, Epoch, Candidate.Address)
            : Leader is { } leader ? new LeaderState(role, leader.Epoch, leader.Address)
            : new LeaderState(role, 0, "");
    }

    /// <summary>What is wrong with the leadership, for /readyz; null when nothing is.</summary>
    internal string? FindWarning()
    {
        long since = Interlocked.Read(ref _leaderlessSince);
        return LeadershipWarning.Of(View, IsLeading, since == 0 ? null : new DateTimeOffset(since, TimeSpan.Zero), _refusedBy);
    }

    /// <inheritdoc/>
    public bool HaveAllLostTheStore() => Others.HaveAllLostTheStore();

    /// <inheritdoc/>
    public async Task<bool> IsStillLeadingAsync(LeaseRecord holder, CancellationToken cancellationToken) =>
        await _client.ReportAsync(holder.Address, MakeReport(reachesStore: true), ReportTimeout, cancellationToken) is { IsLeading: true } answer
        && answer.Id == holder.HolderId;

    /// <summary>Has the lease looked at now, since the known leader does not lead.</summary>
    internal void LookForLeader() => _holder.Poke();

    /// <summary>Whether this replica has handed over.</summary>
    internal bool HasResigned { get; private set; }

    /// <summary>Runs until it is cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(_holder.RunAsync(cancellation), ReportAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    /// <summary>Hands over: this replica decides no more, and another one can without waiting for the end of the lease.</summary>
    internal async Task ResignAsync()
    {
        if (HasResigned)
        {
            return;
        }

        HasResigned = true;
        using var timeout = new CancellationTokenSource(HandOverTimeout, _time);
        try
        {
            if (Leader is { } leader)
            {
                await _client.ReportAsync(leader.Address, MakeReport(View.StoreError is null) with { IsLeaving = true }, ReportTimeout, timeout.Token);
            }

            if (IsLeading && BeforeHandOver is { } handOver)
            {
                await handOver(timeout.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The next leader knows less.
        }

        try
        {
            await _holder.ResignAsync(timeout.Token);
        }
        catch (Exception exception) when (exception is LeaseStoreException or OperationCanceledException)
        {
            LogNotReleased(_logger, exception.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _store.DisposeAsync();
    }

    /// <summary>Brings the gauges up to date.</summary>
    internal void ShowGauges() => _telemetry.Show(IsLeading, View);

    private void OnViewChanged(LeaseView view)
    {
        bool isLeaderKnown = view.Current is { IsHeld: true };
        if (isLeaderKnown != (Interlocked.Read(ref _leaderlessSince) == 0))
        {
            Interlocked.Exchange(ref _leaderlessSince, isLeaderKnown ? 0 : _time.GetUtcNow().UtcTicks);
        }

        string leaderId = view.Current?.HolderId ?? "";
        if (leaderId == _leaderId)
        {
            return;
        }

        _leaderId = leaderId;
        _telemetry.OnChanged();
        ReportSoon();
        TaskCompletionSource change = _change;
        _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        change.TrySetResult();
    }

    private void ReportSoon()
    {
        try
        {
            if (_report.CurrentCount == 0)
            {
                _report.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Another thread was faster.
        }
    }

    // Twice a second, and at once after a change of the leader or of the gateways here.
    private async Task ReportAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Others.ForgetSilent();
            if (!HasResigned && Leader is { } leader)
            {
                ReplicaAnswer? answer = await _client.ReportAsync(leader.Address, MakeReport(View.StoreError is null), ReportTimeout, cancellation);
                Peers.Hear(answer?.Peers ?? []);
                HearOfToken(leader, answer);
                if (answer is { IsLeading: false } && !ReferenceEquals(answer, ReplicaAnswer.Refusal))
                {
                    LookForLeader();
                }
            }

            await PauseAsync(cancellation);
        }
    }

    // A replica that is not reached says nothing of the token.
    private void HearOfToken(LeaseRecord leader, ReplicaAnswer? answer)
    {
        string? refusedBy = ReferenceEquals(answer, ReplicaAnswer.Refusal) ? leader.Address : answer is null ? _refusedBy : null;
        if (refusedBy is not null && refusedBy != _refusedBy)
        {
            LogTokenRefused(_logger, refusedBy, LeadershipWarning.TokenRefused);
        }

        _refusedBy = refusedBy;
    }

    private async Task PauseAsync(CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(ReportInterval, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            await _report.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Nothing has changed: the next report is due.
        }
    }

    private ReplicaReport MakeReport(bool reachesStore) =>
        new() { Id = Candidate.Id, ReachesStore = reachesStore, PeerPort = Peers.OwnPort, Gateways = _gateways.Gateways() };

    [LoggerMessage(LogLevel.Warning, "The leader {Address} {Refusal}")]
    private static partial void LogTokenRefused(ILogger logger, string address, string refusal);

    [LoggerMessage(LogLevel.Warning, "The lease could not be given back; it runs out by itself: {Error}")]
    private static partial void LogNotReleased(ILogger logger, string error);
}
