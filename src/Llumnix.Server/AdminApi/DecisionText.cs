using System.Globalization;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Http;

namespace Llumnix.Server.AdminApi;

/// <summary>Turns records of decisions into what the admin API tells of them.</summary>
internal static class DecisionText
{
    internal static RecordedDecision ToAnswer(in DecisionRecord record) => new(
        record.Sequence,
        (long)record.TimeMs,
        record.RequestId,
        record.Mode.ToName(),
        record.Role.ToName(),
        record.Model,
        record.PromptTokens,
        record.PrefixHitTokens,
        record.DeferredMs,
        ExplanationWriter.NameOf(record.Outcome),
        record.InstanceId,
        record.RunnerUpId,
        WhyOf(in record),
        MetricsOf(in record),
        new CandidateCounts(record.Healthy, record.Fitting, record.Allowed, record.Eligible, record.Considered),
        Known(record.PredictedTtftMs),
        Known(record.PredictedTpotMs),
        Known(record.ObservedTtftMs));

    private static string WhyOf(in DecisionRecord record) => record.Outcome switch
    {
        _ when record.IsOtherRoleMissing => "the other role of the pair got no instance",
        ScheduleOutcome.Placed => WhyPlaced(in record),
        ScheduleOutcome.EndpointNotFound => "no instance of this role, or of this model, is registered",
        ScheduleOutcome.StoreNotAvailable => "the state of the fleet is not known",
        ScheduleOutcome.PromptTooLong => "the prompt is longer than the whole KV cache of every instance",
        ScheduleOutcome.AllExcluded => "the request excludes every instance that could take it",
        ScheduleOutcome.Deferred => "no instance meets the target now; the gateway asks again",
        _ when record.Healthy == 0 => "no instance of this role is healthy",
        _ when record.Fitting == 0 => "no healthy instance serves the model and has room for the prompt",
        _ when record.Eligible == 0 => Invariant($"the required filters dropped all {record.Allowed} candidates"),
        _ => Invariant($"the policy accepted none of {record.Considered} candidates"),
    };

    private static string WhyPlaced(in DecisionRecord record)
    {
        string late = record.IsLate ? "no instance meets the target; " : "";
        if (record.Considered == 1)
        {
            return late + (record.Healthy == 1 ? "the only healthy instance of this role" : Invariant($"the only candidate of {record.Healthy} healthy instances"));
        }

        if (record.DecisiveMetric < 0)
        {
            return late + Invariant($"the policy's turn among {record.Considered} candidates");
        }

        string name = record.Metrics.Names[record.DecisiveMetric];
        bool isHigherBetter = record.Metrics.AreHigherBetter[record.DecisiveMetric];
        double value = record.Values[record.DecisiveMetric];
        double other = record.RunnerUpValues[record.DecisiveMetric];
        string among = Invariant($"of {record.Considered} candidates");
        return late + (value == other ? $"{name} {Text(value)}, as good as the runner-up {record.RunnerUpId}, {among}"
            : isHigherBetter == value > other ? $"the {(isHigherBetter ? "highest" : "lowest")} {name} {among}: {Text(value)}, runner-up {record.RunnerUpId} {Text(other)}"
            : $"{name} {Text(value)}, though {record.RunnerUpId} has {Text(other)}, {among}");
    }

    private static RecordedMetric[] MetricsOf(in DecisionRecord record)
    {
        if (record.InstanceId is null)
        {
            return [];
        }

        var metrics = new List<RecordedMetric>();
        for (int i = 0; i < record.Metrics.Names.Count; i++)
        {
            if (!double.IsNaN(record.Values[i]))
            {
                metrics.Add(new RecordedMetric(
                    record.Metrics.Names[i], record.Metrics.AreHigherBetter[i], record.Values[i], Known(record.RunnerUpValues[i])));
            }
        }

        return [.. metrics];
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private static string Text(double value) => value.ToString(Math.Abs(value) < 10 ? "0.###" : "0", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
