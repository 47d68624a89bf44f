using System.Globalization;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Hosting;
using Llumnix.Server.Http;

namespace Llumnix.Server.AdminApi;

/// <summary>One recorded decision with what would be decided for its request now.</summary>
/// <param name="mode">The scheduler.</param>
/// <param name="fleet">Tells the fleet, for the ages of statuses.</param>
internal sealed class DecisionExplainer(SchedulingModeRuntime mode, Func<FleetAnswer> fleet)
{
    /// <summary>The answer for a sequence; null when that decision is not kept.</summary>
    /// <param name="sequence">The sequence as text.</param>
    internal DecisionAnswer? Explain(string sequence)
    {
        var record = new DecisionRecord[1];
        if (!long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            || mode.History is not { } history
            || history.Copy(number, record) == 0
            || record[0].Sequence != number)
        {
            return null;
        }

        var request = new PlacementRequest(record[0].RequestId, record[0].Mode, record[0].Role, record[0].PromptTokens, Model: record[0].Model);
        Dictionary<string, long?> ages = fleet().Instances.ToDictionary(static instance => instance.Id, static instance => instance.SignalAgeMs, StringComparer.Ordinal);
        return new DecisionAnswer(DecisionText.ToAnswer(in record[0]), [.. mode.Scheduler.Explain(in request).Select(role => ToAnswer(role, ages))]);
    }

    private static ExplainedRole ToAnswer(RoleExplanation role, Dictionary<string, long?> ages) => new(
        role.Policy,
        role.Role.ToName(),
        ExplanationWriter.NameOf(role.Outcome),
        role.InstanceId,
        role.ArePreferencesMet,
        [.. role.Candidates.Select(candidate => new ExplainedCandidate(
            candidate.InstanceId,
            candidate.WireId,
            candidate.Address,
            candidate.DroppedBy,
            candidate.IsOnlyUnwanted,
            candidate.LatencyClass,
            candidate.KvCapacityTokens,
            ages.GetValueOrDefault(candidate.InstanceId),
            role.Metrics.Zip(candidate.Values).ToDictionary(static metric => metric.First, static metric => metric.Second, StringComparer.Ordinal)))]);
}
