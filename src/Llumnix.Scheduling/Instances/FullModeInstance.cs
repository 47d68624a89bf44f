using System.Globalization;
using Llumnix.Scheduling.Collections;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.StepTimes;

namespace Llumnix.Scheduling.Instances;

/// <summary>A full-mode instance: what the CMS says of it and what the dispatch ledger adds to that.</summary>
public sealed class FullModeInstance : Instance
{
    private IndexList _ledgerEntries;
    private ClockOffset _clock;
    private double? _arrivedMs;
    private DispatchedLoad _dispatched;
    private long _knownWaitingPrefillTokens;
    private LatencyInputs _latencyInputs;

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
        KnownWaitingPrefillTokens = other.KnownWaitingPrefillTokens;
        FollowsWaitingRequests = other.FollowsWaitingRequests;
        DefaultMaxBatchedTokens = other.DefaultMaxBatchedTokens;
        StepTimes = other.StepTimes;
        Health = other.Health;
        IsStale = other.IsStale;
        IsReplaced = other.IsReplaced;
        FirstSeen = other.FirstSeen;
        LastAdvance = other.LastAdvance;
        HasAdvanced = other.HasAdvanced;
        IsLeftover = other.IsLeftover;
        AdvanceBefore = other.AdvanceBefore;
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

    /// <summary>
    /// When the newest status was written, also one whose load numbers were not newer, as far as our own clock can vouch for it. Milliseconds
    /// of the scheduler's clock; never goes back.
    /// </summary>
    public double WrittenMs { get; internal set; }

    /// <summary>
    /// When the first status was written that told of the step under way, or <see cref="Status"/> when none is: about when it began, or later.
    /// Milliseconds of the scheduler's clock.
    /// </summary>
    public double StepWrittenMs { get; private set; }

    /// <summary>Whether the newest status says that the engine takes requests.</summary>
    public bool IsSchedulable { get; internal set; }

    /// <summary>What is in flight to this instance.</summary>
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
    /// Prompt tokens that are to be computed for the requests that wait in the engine. With cache-aware scheduling it is what the ledger
    /// knows of them, prefix hits left out, and a request that it does not know counts 0; else what the status says.
    /// </summary>
    public long UncomputedWaitingPrefillTokens =>
        FollowsWaitingRequests ? KnownWaitingPrefillTokens : Status.UncomputedTokensAllWaitingPrefills;

    /// <summary>Uncomputed tokens of the ledger's entries that wait in the engine; 0 unless <see cref="FollowsWaitingRequests"/>.</summary>
    internal long KnownWaitingPrefillTokens
    {
        get => _knownWaitingPrefillTokens;
        set
        {
            _knownWaitingPrefillTokens = value;
            _latencyInputs.Predictor = null;
        }
    }

    /// <summary>Whether the ledger follows requests while they wait: with cache-aware scheduling.</summary>
    internal bool FollowsWaitingRequests { get; init; }

    /// <summary>Largest number of tokens in one of its steps: what its metadata says, or what the configuration does. At least 1.</summary>
    public int MaxBatchedTokens => Metadata.MaxNumBatchedTokens > 0 ? Metadata.MaxNumBatchedTokens : DefaultMaxBatchedTokens;

    /// <summary>Stands in for metadata that do not tell it.</summary>
    internal int DefaultMaxBatchedTokens { get; init; } = 65536;

    /// <summary>Learns the engine's step time; null unless prefill progress is predicted.</summary>
    internal StepTimeLearner? StepTimes { get; init; }

    /// <summary>Whether requests may go here, and if not, why. Current as of the last decision.</summary>
    public InstanceHealth Health { get; internal set; }

    /// <summary>
    /// Whether the status has not changed for longer than the staleness limit, or is taken for a leftover. Current as of the last decision.
    /// </summary>
    public bool IsStale { get; internal set; }

    /// <summary>
    /// Whether a newer instance listens at its address while it has fallen silent: its process is gone, whatever its last status says. Current
    /// as of the last decision.
    /// </summary>
    public bool IsReplaced { get; internal set; }

    /// <summary>The status object that was looked at last; the same object again is no news.</summary>
    internal InstanceStatus LastReadStatus { get; set; }

    /// <summary>Monotonic timestamp of the status's last change, or of its first sighting.</summary>
    internal long LastAdvance { get; set; }

    /// <summary>Whether the engine is known to live: its status was seen to change, or its metadata told of a restart.</summary>
    internal bool HasAdvanced { get; set; }

    /// <summary>Whether the status is taken for what a dead engine has left behind, until it changes.</summary>
    internal bool IsLeftover { get; set; }

    /// <summary>
    /// Monotonic timestamp of the advance before <see cref="LastAdvance"/>. The newest status was written after that one was read, so it tells
    /// of everything that had happened by then.
    /// </summary>
    internal long AdvanceBefore { get; private set; }

    /// <summary>Monotonic timestamp of when the instance came into the view.</summary>
    internal long FirstSeen { get; init; }

    /// <summary>Whether another instance of the view has the same address. Kept with the view.</summary>
    internal bool SharesAddress { get; set; }

    /// <summary>
    /// True after a restart until the next newer status: the status at hand may still be the old process's, whose update_id says
    /// nothing about the new one's.
    /// </summary>
    internal bool AcceptsAnyUpdateId { get; set; }

    /// <summary>Kept by <see cref="LatencyPredictor"/>.</summary>
    internal ref LatencyInputs LatencyInputs => ref _latencyInputs;

    /// <summary>This instance's entries in the dispatch ledger, which owns the list.</summary>
    internal ref IndexList LedgerEntries => ref _ledgerEntries;

    /// <summary>Age of the newest status at a moment of the scheduler's clock, in milliseconds; never negative.</summary>
    internal double StatusAgeMs(double nowMs) => Math.Max(0, nowMs - WrittenMs);

    /// <summary>Whether the newest status came within a step with prefills, after one that has told of it.</summary>
    internal bool IsWithinPrefillStep => StepWrittenMs < WrittenMs && StepPrefillTokens > 0;

    /// <summary>
    /// How long the engine has computed what <see cref="Status"/> still counts as uncomputed, in milliseconds. A heartbeat within a step has a
    /// new timestamp and the step's old numbers, so the step under way counts from its own beginning, though no longer than it takes.
    /// </summary>
    /// <param name="nowMs">The moment, by the scheduler's clock.</param>
    /// <param name="stepMs">How long the step under way takes, milliseconds; not looked at unless <see cref="IsWithinPrefillStep"/>.</param>
    internal double ComputingMs(double nowMs, double stepMs) =>
        IsWithinPrefillStep ? Math.Max(StatusAgeMs(nowMs), Math.Min(stepMs, nowMs - StepWrittenMs)) : StatusAgeMs(nowMs);

    /// <summary>Prefill tokens of the step under way.</summary>
    internal double StepPrefillTokens => Math.Max(
        0.0, (double)Status.UncomputedTokensSchedulerRunningPrefills - Status.UnallocatedTokensSchedulerRunningPrefills);

    /// <summary>Learns from the sample of the engine's step time that a status carries. Not under the scheduler's lock: a fit takes microseconds.</summary>
    internal void LearnStepTime(InstanceStatus status) => StepTimes?.Record(
        status.ProfilingId, status.ScheduledPrefillTokens, status.StepDurationMs, MaxBatchedTokens);

    /// <summary>Prompt tokens that the engine is predicted to have computed since its last status; 0 where nothing is predicted.</summary>
    internal double PredictComputedTokens(double nowMs) => StepTimes?.Model is { } model
        ? PrefillProgress.ComputedTokens(
            model,
            Status.UncomputedTokensSchedulerRunningPrefills,
            UncomputedWaitingPrefillTokens,
            ComputingMs(nowMs, model.At(StepPrefillTokens)),
            MaxBatchedTokens)
        : 0;

    /// <summary>
    /// Takes over the load numbers of the status that has just arrived. A step id of 0 tells nothing of steps, nor does a status without a
    /// prefill step.
    /// </summary>
    internal void TakeOver(InstanceStatus status)
    {
        bool isSameStep = status.StepId > 0 && status.StepId == Status.StepId && StepPrefillTokens > 0;
        StepWrittenMs = isSameStep ? StepWrittenMs : WrittenMs;
        Status = status;
        _latencyInputs.Predictor = null;
    }

    /// <summary>A status has been read that is another one than before.</summary>
    /// <param name="now">Monotonic timestamp.</param>
    internal void Advance(long now) => (AdvanceBefore, LastAdvance, HasAdvanced, IsLeftover) = (LastAdvance, now, true, false);

    /// <summary>
    /// A status has arrived: finds out when it was written. Its timestamp, less what the engine's clock is off, counts as far as our own clock
    /// agrees: the status before was the newest one when it arrived, so that this one was written later, but for the way that it took.
    /// </summary>
    /// <param name="timestampMs">Its timestamp by the engine's clock, which may be anything.</param>
    /// <param name="nowMs">The moment, by the scheduler's clock.</param>
    internal void Arrive(long timestampMs, double nowMs)
    {
        double sinceLastMs = nowMs - (_arrivedMs ?? nowMs);
        double wayMs = nowMs - timestampMs;
        _clock.Observe(wayMs, sinceLastMs);
        double ageMs = Math.Clamp(wayMs - _clock.Ms, 0, sinceLastMs + ClockOffset.LongestWayMs);
        WrittenMs = _arrivedMs is null ? nowMs - ageMs : Math.Max(WrittenMs, nowMs - ageMs);
        StepWrittenMs = _arrivedMs is null ? WrittenMs : StepWrittenMs;
        _arrivedMs = nowMs;
    }

    /// <summary>A copy of what is known now, outside of every view and ledger, for readers that take longer than the lock may be held.</summary>
    internal FullModeInstance Copy() => new(this);

    /// <summary>Takes over changed metadata.</summary>
    internal void Describe(InstanceMetadata metadata, InstanceAddress address) =>
        (Metadata, Address, _latencyInputs.Predictor) = (metadata, address, null);

    /// <summary>What answers tell of an instance with this metadata.</summary>
    public static InstanceAddress AddressOf(InstanceMetadata metadata) => new()
    {
        InstanceId = metadata.InstanceId,
        WireId = string.Create(
            CultureInfo.InvariantCulture, $"{metadata.Ip}_instance{metadata.DataParallelRank}_{metadata.DataParallelSize}"),
        Host = metadata.Ip,
        Port = metadata.ApiServerPort,
        AuxIp = metadata.IpKvt,
        AuxPort = metadata.KvtPort,
        DataParallelRank = metadata.DataParallelRank,
        DataParallelSize = metadata.DataParallelSize,
    };
}
