using System.Globalization;
using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.Collections;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.StepTimes;

namespace Llumnix.Scheduling.Instances;

/// <summary>A full-mode instance: its metadata and status from the CMS, and the load that the dispatch ledger adds.</summary>
public sealed partial class FullModeInstance : Instance
{
    private IndexList _ledgerEntries;
    private PrefillCredit _prefillCredit;
    private DispatchedLoad _dispatched;
    private EndedLoad _ended;
    private DispatchedLoad _unseen;
    private long _knownWaitingPrefillTokens;
    private LatencyInputs _latencyInputs;
    private ProfileAssignment _profile;
    private LatencyFactors _latencyFactors = LatencyFactors.None;

    /// <summary>Makes an instance from its first reading.</summary>
    public FullModeInstance(InstanceMetadata metadata, InstanceStatus status)
        : base(AddressOf(metadata))
    {
        Metadata = metadata;
        Status = status;
        LastReadStatus = status;
        WrittenMs = status.TimestampMs;
        StepWrittenMs = status.TimestampMs;
        IsSchedulable = status.Schedulable;
    }

    private FullModeInstance(FullModeInstance other)
        : base(other.Address)
    {
        Metadata = other.Metadata;
        Status = other.Status;
        LastReadStatus = other.LastReadStatus;
        WrittenMs = other.WrittenMs;
        StepWrittenMs = other.StepWrittenMs;
        IsSchedulable = other.IsSchedulable;
        Dispatched = other.Dispatched;
        Ended = other.Ended;
        Unseen = other.Unseen;
        KnownWaitingPrefillTokens = other.KnownWaitingPrefillTokens;
        FollowsWaitingRequests = other.FollowsWaitingRequests;
        DefaultMaxBatchedTokens = other.DefaultMaxBatchedTokens;
        StepTimes = other.StepTimes;
        Health = other.Health;
        IsStale = other.IsStale;
        IsDraining = other.IsDraining;
        UnreachableSince = other.UnreachableSince;
        IsReplaced = other.IsReplaced;
        FirstSeen = other.FirstSeen;
        LastAdvance = other.LastAdvance;
        HasAdvanced = other.HasAdvanced;
        IsLeftover = other.IsLeftover;
        AdvanceBefore = other.AdvanceBefore;
        _latencyFactors = other._latencyFactors;
        _profile = other._profile;
        _clock = other._clock;
        _arrivedMs = other._arrivedMs;
    }

    /// <inheritdoc/>
    public override string Id => Metadata.InstanceId;

    /// <inheritdoc/>
    public override InferType InferType => Metadata.InferType;

    /// <summary>The newest metadata.</summary>
    public InstanceMetadata Metadata { get; private set; }

    /// <summary>The newest status whose load numbers were taken over.</summary>
    public InstanceStatus Status { get; private set; }

    /// <summary>Whether the engine takes requests, by its newest status.</summary>
    public bool IsSchedulable { get; internal set; }

    /// <summary>Whether nothing answers at its address, by its newest status or by a probe. Whether it is out for that is in <see cref="Health"/>.</summary>
    public bool IsUnreachable => UnreachableSince is not null || LastReadStatus.IsUnreachable;

    /// <summary>The load in flight to this instance.</summary>
    public DispatchedLoad Dispatched
    {
        get => _dispatched;
        internal set
        {
            _dispatched = value;
            _latencyInputs.Predictor = null;
        }
    }

    /// <summary>
    /// Tokens that are assumed for want of a recent reading of the engine's metrics: above 0 only while readings of this engine are missing that others have had, and
    /// few, so that they decide between instances that look about the same.
    /// </summary>
    public DispatchedLoad Unseen
    {
        get => _unseen;
        internal set
        {
            _unseen = value;
            _latencyInputs.Predictor = null;
        }
    }

    /// <summary>The load that the status does not show: <see cref="Dispatched"/> and <see cref="Unseen"/>.</summary>
    internal DispatchedLoad BesideStatus => _dispatched + _unseen;

    /// <summary>What of the load in the status has ended since it was read; 0 unless statuses are readings of the engine's metrics.</summary>
    public EndedLoad Ended
    {
        get => _ended;
        internal set
        {
            _ended = value;
            _latencyInputs.Predictor = null;
        }
    }

    /// <summary>
    /// Uncomputed prompt tokens of the requests that wait in the engine. With cache-aware scheduling by the ledger: prefix hits are not counted, and
    /// neither are requests that are not in the ledger. Otherwise by the status.
    /// </summary>
    public long UncomputedWaitingPrefillTokens =>
        FollowsWaitingRequests ? KnownWaitingPrefillTokens : Status.UncomputedTokensAllWaitingPrefills;

    /// <summary>
    /// Uncomputed tokens of the ledger's entries that wait in the engine or, with readings of the engine's metrics, of waiting requests that are not the
    /// ledger's; 0 unless <see cref="FollowsWaitingRequests"/>.
    /// </summary>
    internal long KnownWaitingPrefillTokens
    {
        get => _knownWaitingPrefillTokens;
        set
        {
            _knownWaitingPrefillTokens = value;
            _latencyInputs.Predictor = null;
        }
    }

    /// <summary>Its id in the history of placed prefixes; -1 while it has none.</summary>
    internal int PrefixHistoryId { get; set; } = -1;

    /// <summary>Whether the ledger follows requests while they wait: with cache-aware scheduling, and with readings of the engine's metrics.</summary>
    internal bool FollowsWaitingRequests { get; init; }

    /// <summary>Largest number of tokens in one engine step: from the metadata, otherwise the configured default. At least 1.</summary>
    public int MaxBatchedTokens => Metadata.MaxNumBatchedTokens > 0 ? Metadata.MaxNumBatchedTokens : DefaultMaxBatchedTokens;

    /// <summary><see cref="MaxBatchedTokens"/> of an engine whose metadata do not contain it.</summary>
    internal int DefaultMaxBatchedTokens { get; init; } = 65536;

    /// <summary>Learns the engine's step time; null unless prefill progress is predicted.</summary>
    internal StepTimeLearner? StepTimes { get; init; }

    /// <summary>What is known of how its times differ from the tables; null unless predictions are compared with what comes.</summary>
    internal InstanceCalibration? Calibration { get; set; }

    /// <summary>What its predicted latencies are multiplied by.</summary>
    internal LatencyFactors LatencyFactors
    {
        get => _latencyFactors;
        set
        {
            if (value != _latencyFactors)
            {
                _latencyFactors = value;
                _latencyInputs.Predictor = null;
            }
        }
    }

    /// <summary>Whether requests may go here, and if not, why. Current as of the last decision.</summary>
    public InstanceHealth Health { get; internal set; }

    /// <summary>
    /// Whether the status has not changed for longer than the staleness limit, or is taken for a leftover. Current as of the last decision.
    /// </summary>
    public bool IsStale { get; internal set; }

    /// <summary>
    /// Whether its statuses have stopped and a newer instance has its address: its process must then be gone, whatever its last status says. Current as
    /// of the last decision.
    /// </summary>
    public bool IsReplaced { get; internal set; }

    /// <summary>
    /// Monotonic timestamp of the probe that found it unreachable; null while its status changes, or when a later probe was answered. Whether it is out for
    /// that reason is in <see cref="Health"/>.
    /// </summary>
    internal long? UnreachableSince { get; set; }

    /// <summary>The status object of the last reading; a reading with the same object brings nothing new.</summary>
    internal InstanceStatus LastReadStatus { get; set; }

    /// <summary>Monotonic timestamp at which the status was last seen to change, or first seen.</summary>
    internal long LastAdvance { get; set; }

    /// <summary>Whether the engine has shown that it lives: its status has changed, or its metadata showed a restart.</summary>
    internal bool HasAdvanced { get; set; }

    /// <summary>Whether the status is taken for the leftover of a dead engine, until it changes.</summary>
    internal bool IsLeftover { get; set; }

    /// <summary>
    /// Monotonic timestamp of the change before <see cref="LastAdvance"/>. The newest status was written after the previous one was read, so it covers
    /// all events up to this time.
    /// </summary>
    internal long AdvanceBefore { get; private set; }

    /// <summary>Monotonic timestamp of when the instance came into the view.</summary>
    internal long FirstSeen { get; init; }

    /// <summary>Whether another instance of the view has the same address. Kept with the view.</summary>
    internal bool SharesAddress { get; set; }

    /// <summary>
    /// True after a restart until the next change of the status: the present status may still be from the old process, and its update_id cannot be
    /// compared with the new one's.
    /// </summary>
    internal bool AcceptsAnyUpdateId { get; set; }

    /// <summary>Inputs of predictions, cached here by <see cref="LatencyPredictor"/>.</summary>
    internal ref LatencyInputs LatencyInputs => ref _latencyInputs;

    /// <summary>The tables of its engine, assigned here by <see cref="LatencyPredictor"/>.</summary>
    internal ref ProfileAssignment Profile => ref _profile;

    /// <inheritdoc/>
    public override string? LatencyClass => _profile.Class?.Name;

    /// <summary>This instance's entries in the dispatch ledger, which owns the list.</summary>
    internal ref IndexList LedgerEntries => ref _ledgerEntries;

    /// <summary>Prefilled tokens that no entry of the ledger, which owns this, has accounted for.</summary>
    internal ref PrefillCredit PrefillCredit => ref _prefillCredit;

    /// <summary>Notes that the status has changed.</summary>
    /// <param name="now">Monotonic timestamp.</param>
    internal void Advance(long now) =>
        (AdvanceBefore, LastAdvance, HasAdvanced, IsLeftover, UnreachableSince) = (LastAdvance, now, true, false, null);

    /// <summary>A copy of the present state, in no view and no ledger, for readers that take longer than the lock may be held.</summary>
    internal FullModeInstance Copy() => new(this);

    /// <summary>Takes over changed metadata.</summary>
    internal void Describe(InstanceMetadata metadata, InstanceAddress address) =>
        (Metadata, Address, _latencyInputs.Predictor, _profile) = (metadata, address, null, default);

    /// <summary>The address in answers of an instance with this metadata.</summary>
    public static InstanceAddress AddressOf(InstanceMetadata metadata) => new()
    {
        InstanceId = metadata.InstanceId,
        WireId = metadata.AnswerId.Length > 0
            ? metadata.AnswerId
            : string.Create(CultureInfo.InvariantCulture, $"{metadata.Ip}_instance{metadata.DataParallelRank}_{metadata.DataParallelSize}"),
        Host = metadata.Ip,
        Port = metadata.ApiServerPort,
        AuxIp = metadata.IpKvt,
        AuxPort = metadata.KvtPort,
        DataParallelRank = metadata.DataParallelRank,
        DataParallelSize = metadata.DataParallelSize,
    };
}
