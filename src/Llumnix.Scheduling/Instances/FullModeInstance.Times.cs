using Llumnix.Scheduling.StepTimes;

namespace Llumnix.Scheduling.Instances;

/// <summary>When its statuses were written, and how far its engine has come since.</summary>
public sealed partial class FullModeInstance
{
    private ClockOffset _clock;
    private double? _arrivedMs;

    /// <summary>
    /// When the newest status was written, in milliseconds of the scheduler's clock, as estimated by <see cref="Arrive"/>. Includes statuses whose load
    /// numbers were not newer. Never goes back.
    /// </summary>
    public double WrittenMs { get; internal set; }

    /// <summary>
    /// When the first status of the prefill step under way was written: the beginning of the step or a little later. Without such a step, when
    /// <see cref="Status"/> was written. Milliseconds of the scheduler's clock.
    /// </summary>
    public double StepWrittenMs { get; private set; }

    /// <summary>Age of the newest status at a moment of the scheduler's clock, in milliseconds; never negative.</summary>
    internal double StatusAgeMs(double nowMs) => Math.Max(0, nowMs - WrittenMs);

    /// <summary>Whether the newest status is a further one of a prefill step that an earlier status has shown already.</summary>
    internal bool IsWithinPrefillStep => StepWrittenMs < WrittenMs && StepPrefillTokens > 0;

    /// <summary>
    /// How long the engine has been computing the tokens that <see cref="Status"/> counts as uncomputed, in milliseconds: the status's age. A heartbeat
    /// within a step has a new timestamp but the numbers of the step's beginning, so within a prefill step the time counts from the beginning of the
    /// step, limited to the step's duration.
    /// </summary>
    /// <param name="nowMs">The moment, by the scheduler's clock.</param>
    /// <param name="stepMs">Duration of the step under way, milliseconds; ignored unless <see cref="IsWithinPrefillStep"/>.</param>
    internal double ComputingMs(double nowMs, double stepMs) =>
        IsWithinPrefillStep ? Math.Max(StatusAgeMs(nowMs), Math.Min(stepMs, nowMs - StepWrittenMs)) : StatusAgeMs(nowMs);

    /// <summary>Prefill tokens of the step under way: the uncomputed tokens of running prefills that have their KV allocated.</summary>
    internal double StepPrefillTokens => Math.Max(
        0.0, (double)Status.UncomputedTokensSchedulerRunningPrefills - Status.UnallocatedTokensSchedulerRunningPrefills);

    /// <summary>Learns from the sample of step time in a status. Called without the scheduler's lock, since a fit takes microseconds.</summary>
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
    /// Takes over the load numbers of the status that has just arrived. The step is taken for the same as before only when both statuses have the same
    /// step id above 0 (0 means that it is not reported) and a prefill was under way.
    /// </summary>
    internal void TakeOver(InstanceStatus status)
    {
        bool isSameStep = status.StepId > 0 && status.StepId == Status.StepId && StepPrefillTokens > 0;
        StepWrittenMs = isSameStep ? StepWrittenMs : WrittenMs;
        (Status, _unseen) = (status, default);
        _latencyInputs.Predictor = null;
    }

    /// <summary>
    /// Estimates when a status that has just arrived was written: its timestamp, corrected by the engine's clock offset, and limited to between the
    /// arrival of the previous status and now. The lower limit holds because the previous status was the newest when it arrived, give or take the
    /// delay of a status.
    /// </summary>
    /// <param name="timestampMs">The status's timestamp by the engine's clock; any value.</param>
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
}
