using System.Globalization;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Http;

namespace Llumnix.Server.AdminApi;

/// <summary>Which recorded decisions a caller asks for.</summary>
/// <param name="Limit">How many at most.</param>
/// <param name="Before">Only those with a smaller sequence.</param>
/// <param name="RequestId">Only those for this request; null for any.</param>
/// <param name="Instance">Only those that chose this instance; null for any.</param>
/// <param name="Outcome">Only those with this outcome; null for any.</param>
internal sealed record DecisionSearch(int Limit, long Before, string? RequestId, string? Instance, string? Outcome)
{
    /// <summary>The parameters of a query.</summary>
    internal static readonly string[] Parameters = ["limit", "before", "request_id", "instance", "outcome"];

    private const int MaxLimit = 1000;
    private const int DefaultLimit = 100;

    /// <summary>Reads a query; null, with what is wrong, when it cannot be used.</summary>
    internal static DecisionSearch? Of(IQueryCollection query, out string error)
    {
        error = "";
        if (!TryRead(query["limit"], DefaultLimit, 1, MaxLimit, out long limit))
        {
            error = FormattableString.Invariant($"limit must be from 1 to {MaxLimit}");
        }

        if (!TryRead(query["before"], long.MaxValue, 0, long.MaxValue, out long before))
        {
            error = "before must be a sequence";
        }

        string[] outcomes = [.. Enum.GetValues<ScheduleOutcome>().Select(ExplanationWriter.NameOf)];
        if (TextOf(query["outcome"]) is { } outcome && !outcomes.Contains(outcome, StringComparer.Ordinal))
        {
            error = $"outcome must be one of {string.Join(", ", outcomes)}";
        }

        return error.Length > 0 ? null : new DecisionSearch((int)limit, before, TextOf(query["request_id"]), TextOf(query["instance"]), TextOf(query["outcome"]));
    }

    /// <summary>Finds the decisions, newest first.</summary>
    internal DecisionsAnswer Find(DecisionHistory history)
    {
        long total = history.Total;
        var found = new List<RecordedDecision>();
        var piece = new DecisionRecord[64];
        long end = Math.Min(Before, total);
        long oldest = Math.Max(0, total - history.Capacity);
        while (end > oldest && found.Count < Limit)
        {
            long start = Math.Max(oldest, end - piece.Length);
            int count = history.Copy(start, piece.AsSpan(0, (int)(end - start)));
            for (int i = count - 1; i >= 0 && found.Count < Limit; i--)
            {
                // A piece of which the oldest have just been overwritten may reach beyond its end.
                if (piece[i].Sequence < end && Matches(in piece[i]))
                {
                    found.Add(DecisionText.ToAnswer(in piece[i]));
                }
            }

            end = start;
        }

        bool isMore = found.Count == Limit && found[^1].Sequence > oldest;
        return new DecisionsAnswer(history.Capacity, total, found, isMore ? found[^1].Sequence : null);
    }

    private bool Matches(in DecisionRecord record) =>
        (RequestId is null || record.RequestId == RequestId)
        && (Instance is null || record.InstanceId == Instance)
        && (Outcome is null || ExplanationWriter.NameOf(record.Outcome) == Outcome);

    private static string? TextOf(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static bool TryRead(string? text, long fallback, long least, long most, out long value)
    {
        value = fallback;
        return string.IsNullOrEmpty(text)
            || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most);
    }
}
