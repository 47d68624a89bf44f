using Llumnix.Adapters.Llumlets;

namespace Llumnix.Server.Rescheduling;

/// <summary>
/// Logs migrations without a line for each: at most one summary per cycle, when an outcome occurs that was in no summary of the last minute, and one
/// line when the back-off of sources begins or ends. For one cycle at a time.
/// </summary>
internal sealed class MigrationLog(TimeProvider time, ILogger logger)
{
    private const int NamedSources = 5;
    private const int MaxReasonLength = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly Dictionary<MigrationOutcome, long> _toldAt = [];
    private readonly Dictionary<MigrationOutcome, int> _untold = [];

    /// <summary>Records the results of a cycle.</summary>
    internal void Report(IReadOnlyList<MigrationResult> results)
    {
        foreach (MigrationResult result in results)
        {
            ReschedulerLog.Answered(
                logger, result.Pair.Policy, result.Pair.Source.InstanceId, result.Pair.Destination.InstanceId, result.Outcome, result.Message);
            if (IsTold(result.Outcome))
            {
                _untold[result.Outcome] = _untold.GetValueOrDefault(result.Outcome) + 1;
            }
        }

        if (_untold.Keys.Any(IsDue))
        {
            Summarize(results);
        }

        ReportBackOffs(results);
    }

    // The back-off of sources has log lines of its own.
    private static bool IsTold(MigrationOutcome outcome) => outcome is not (MigrationOutcome.Cancelled or MigrationOutcome.BackingOff);

    private bool IsDue(MigrationOutcome outcome) => !_toldAt.TryGetValue(outcome, out long at) || time.GetElapsedTime(at) >= Interval;

    private void Summarize(IReadOnlyList<MigrationResult> results)
    {
        // The outcomes are ordered by weight, success first.
        string counts = string.Join(", ", _untold.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Value} {Text(pair.Key)}"));
        MigrationResult example = results.Where(static result => IsTold(result.Outcome)).MaxBy(static result => result.Outcome)!;
        LogLevel level = _untold.Keys.Any(MigrationOutcomes.IsFailure) ? LogLevel.Warning : LogLevel.Information;
        (string came, string reason) = (Text(example.Outcome), Reason(example));
        ReschedulerLog.Summary(
            logger, level, counts, example.Pair.Policy, example.Pair.Source.InstanceId, example.Pair.Destination.InstanceId, came, reason);
        long now = time.GetTimestamp();
        foreach (MigrationOutcome outcome in _untold.Keys)
        {
            _toldAt[outcome] = now;
        }

        _untold.Clear();
    }

    private void ReportBackOffs(IReadOnlyList<MigrationResult> results)
    {
        MigrationResult[] begun = [.. results.Where(static result => result.BackOff == BackOffChange.Begins)];
        if (begun.Length > 0)
        {
            (string sources, string reason) = (Sources(begun), Reason(begun[0]));
            ReschedulerLog.LeftAlone(logger, begun.Length, sources, reason);
        }

        MigrationResult[] ended = [.. results.Where(static result => result.BackOff == BackOffChange.Ends)];
        if (ended.Length > 0)
        {
            string sources = Sources(ended);
            ReschedulerLog.AnswerAgain(logger, ended.Length, sources);
        }
    }

    private static string Sources(MigrationResult[] results) =>
        string.Join(", ", results.Take(NamedSources).Select(static result => result.Pair.Source.InstanceId)) + (results.Length > NamedSources ? ", ..." : "");

    /// <summary>A llumlet's message, shortened.</summary>
    internal static string Shorten(string message) => message.Length <= MaxReasonLength ? message : message[..MaxReasonLength] + "...";

    private static string Reason(MigrationResult result) => Shorten(result.Message);

    private static string Text(MigrationOutcome outcome) => MigrationOutcomes.NameOf(outcome).Replace('_', ' ');
}
