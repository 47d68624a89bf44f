using System.Diagnostics.CodeAnalysis;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Recording;

/// <summary>The record of one decision for one role of a request. A pair of prefill and decode instance is two records.</summary>
/// <remarks>A mutable struct, so that the ring of <see cref="DecisionHistory"/> is written in place. Copies of it do not change.</remarks>
public struct DecisionRecord
{
    private MetricValues _values;
    private MetricValues _runnerUpValues;

    /// <summary>Its number, growing by one with each record.</summary>
    public long Sequence { get; internal set; }

    /// <summary>When it was made: milliseconds of the scheduler's clock, see <see cref="RequestFacts.NowMs"/>.</summary>
    public double TimeMs { get; internal set; }

    /// <summary>The request.</summary>
    public string RequestId { get; internal set; }

    /// <summary>The model asked for; empty when the request names none.</summary>
    public string Model { get; internal set; }

    /// <summary>Id of the chosen instance; null without one.</summary>
    public string? InstanceId { get; internal set; }

    /// <summary>Id of the best other candidate by the metric of <see cref="DecisiveMetric"/>; null without one.</summary>
    public string? RunnerUpId { get; internal set; }

    /// <summary>The metrics of <see cref="Values"/>.</summary>
    public RecordedMetrics Metrics { get; internal set; }

    /// <summary>The values of the chosen instance, before the request was added to its load; NaN without an instance.</summary>
    public readonly MetricValues Values => _values;

    /// <summary>The values of the runner-up; NaN without one.</summary>
    public readonly MetricValues RunnerUpValues => _runnerUpValues;

    /// <summary>Index of the metric that ranks the runner-up; -1 where the selector reads none.</summary>
    public int DecisiveMetric { get; internal set; }

    /// <summary>Prompt length in tokens.</summary>
    public int PromptTokens { get; internal set; }

    /// <summary>Prompt tokens whose KV cache the instance holds.</summary>
    public int PrefixHitTokens { get; internal set; }

    /// <summary>Healthy instances that may take the role.</summary>
    public int Healthy { get; internal set; }

    /// <summary>Of these, the ones that serve the model and can hold the prompt.</summary>
    public int Fitting { get; internal set; }

    /// <summary>Of these, the ones that the request does not exclude.</summary>
    public int Allowed { get; internal set; }

    /// <summary>Of these, the ones that passed the required filters.</summary>
    public int Eligible { get; internal set; }

    /// <summary>Of these, the ones that the selector chose from.</summary>
    public int Considered { get; internal set; }

    /// <summary>Time since the request's first deferral, milliseconds; 0 when it was not deferred before.</summary>
    public double DeferredMs { get; internal set; }

    /// <summary>Predicted TTFT in milliseconds; NaN where it is not predicted.</summary>
    public double PredictedTtftMs { get; internal set; }

    /// <summary>Predicted TPOT in milliseconds; NaN where it is not predicted.</summary>
    public double PredictedTpotMs { get; internal set; }

    /// <summary>Time from the decision to the report of the first token, milliseconds; NaN while none has come. As late as reports are.</summary>
    public double ObservedTtftMs { get; internal set; }

    /// <summary>Tokens that the request has got, as far as gateways have reported; 0 while none are known.</summary>
    public int OutputTokens { get; internal set; }

    /// <summary>When <see cref="OutputTokens"/> was reported, milliseconds of the scheduler's clock; negative infinity where the request is known to have ended with them.</summary>
    public double ReportedMs { get; internal set; }

    /// <summary>How the request is served.</summary>
    public SchedulingMode Mode { get; internal set; }

    /// <summary>The role that an instance was chosen for.</summary>
    public InferType Role { get; internal set; }

    /// <summary>The outcome: for a pair without both instances, that of the pair.</summary>
    public ScheduleOutcome Outcome { get; internal set; }

    /// <summary>Whether the selector saw only candidates that pass the preferred filters.</summary>
    public bool ArePreferencesMet { get; internal set; }

    /// <summary>Whether the request is expected to miss its target on every instance.</summary>
    public bool IsLate { get; internal set; }

    /// <summary>Whether the request was asked again since an engine had failed it; see <see cref="PlacementRequest.IsRetry"/>.</summary>
    public bool IsRetry { get; internal set; }

    /// <summary>Whether the role had an instance, but the other role of the pair had none.</summary>
    public bool IsOtherRoleMissing { get; internal set; }

    /// <summary>The places of <see cref="Values"/>.</summary>
    [UnscopedRef]
    internal Span<double> ValuePlaces => _values;

    /// <summary>The places of <see cref="RunnerUpValues"/>.</summary>
    [UnscopedRef]
    internal Span<double> RunnerUpPlaces => _runnerUpValues;
}
