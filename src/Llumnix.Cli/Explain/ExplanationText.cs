using System.Globalization;
using System.Text;
using System.Text.Json;
using Llumnix.Cli.Load;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Cli.Explain;

/// <summary>An explanation as text: a table for each role.</summary>
internal static class ExplanationText
{
    private const string CapacityFilter = "kv_cache_capacity";
    private const string ModelFilter = "model";

    /// <summary>Makes the text.</summary>
    /// <param name="explanation">The explanation.</param>
    /// <param name="promptTokens">The length of the prompt that was asked for.</param>
    /// <param name="model">The model that was asked for; empty: any.</param>
    /// <exception cref="JsonException">A value of a metric is neither a number nor a text.</exception>
    internal static string Render(Explanation explanation, int promptTokens, string model = "")
    {
        var text = new StringBuilder();
        foreach (ExplainedRole role in explanation.Roles)
        {
            Append(text, role, promptTokens, model);
        }

        if (explanation.Warning is { } warning)
        {
            text.Append("warning: ").Append(Clean(warning)).Append('\n');
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ExplainedRole role, int promptTokens, string model)
    {
        bool isNoneReachable = role.PickIsUnreachable && role.Candidates.All(static candidate => candidate.IsUnreachable);
        string head = !role.PickIsUnreachable ? Clean(role.InstanceId ?? role.Outcome)
            : $"{(isNoneReachable ? "no engine answers" : "no engine that answers is left")}; it would still be tried at {Clean(role.InstanceId ?? "")}";
        text.Append(CultureInfo.InvariantCulture, $"{Clean(role.Role)}, {Clean(role.Policy)}: {head}\n");
        if (role.InstanceId is null)
        {
            bool isModelMissing = model.Length > 0 && role.Candidates.Any(static candidate => candidate.DroppedBy == ModelFilter);
            text.Append(WhyNone(role)).Append(role.Candidates.Any(IsTooSmall) ? FormattableString.Invariant($"; the prompt has {promptTokens} tokens") : "")
                .Append(isModelMissing ? $"; the request is for the model {Clean(model)}" : "").Append('\n');
        }
        else if (!role.PreferencesMet)
        {
            text.Append("no candidate passes the preferred filters, so they do not count\n");
        }

        if (role.Candidates.Count > 0)
        {
            AppendTable(text, role);
        }

        text.Append('\n');
    }

    /// <summary>Says why no instance was chosen: what dropped how many candidates, thresholds included, as they are part of a filter's name.</summary>
    private static string WhyNone(ExplainedRole role)
    {
        if (role.Candidates.Count == 0)
        {
            return $"no candidates: the scheduler knows no instance that takes the role {Clean(role.Role)}";
        }

        IEnumerable<string> reasons = role.Candidates
            .GroupBy(static candidate => candidate.DroppedBy ?? "the selector")
            .OrderByDescending(static group => group.Count())
            .ThenBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} dropped by {Clean(group.Key)}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"none of {role.Candidates.Count} candidate{(role.Candidates.Count == 1 ? "" : "s")} is left: {string.Join(", ", reasons)}");
    }

    private static void AppendTable(StringBuilder text, ExplainedRole role)
    {
        string[] metrics = [.. role.Candidates[0].Metrics.Keys];
        // Most fleets have one class or none, of which a column would say nothing.
        bool hasClasses = role.Candidates.Any(static candidate => candidate.LatencyClass is not null and not ProfileClass.DefaultName);
        bool areTooSmall = role.Candidates.Any(IsTooSmall);
        bool areSomeUnreachable = role.Candidates.Any(static candidate => candidate.IsUnreachable);
        // Where the names are one and the same, one says all.
        bool hasIds = role.Candidates.Any(static candidate => candidate.Id is { } id && id != candidate.InstanceId);
        bool hasAddresses = role.Candidates.Any(static candidate => candidate.Address is { } address && address != candidate.InstanceId && address != candidate.Id);
        string[][] rows =
        [
            [
                "", "instance", .. hasIds ? ["id"] : Array.Empty<string>(), .. hasAddresses ? ["address"] : Array.Empty<string>(), .. hasClasses ? ["class"] : Array.Empty<string>(),
                .. areTooSmall ? ["kv_capacity_tokens"] : Array.Empty<string>(), .. metrics.Select(Clean), "dropped by", .. areSomeUnreachable ? ["answers"] : Array.Empty<string>(),
            ],
            .. role.Candidates.Select(candidate => Row(candidate, role.InstanceId, metrics, hasIds, hasAddresses, hasClasses, areTooSmall, areSomeUnreachable)),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        }
    }

    private static string[] Row(
        ExplainedCandidate candidate, string? pick, string[] metrics, bool hasIds, bool hasAddresses, bool hasClasses, bool areTooSmall, bool areSomeUnreachable) =>
    [
        candidate.InstanceId == pick ? ">" : "",
        Clean(candidate.InstanceId),
        .. hasIds ? [Clean(candidate.Id ?? "")] : Array.Empty<string>(),
        .. hasAddresses ? [Clean(candidate.Address ?? "")] : Array.Empty<string>(),
        .. hasClasses ? [Clean(candidate.LatencyClass ?? "")] : Array.Empty<string>(),
        .. areTooSmall ? [candidate.KvCapacityTokens?.ToString(CultureInfo.InvariantCulture) ?? ""] : Array.Empty<string>(),
        .. metrics.Select(metric => candidate.Metrics.TryGetValue(metric, out JsonElement value) ? Number(value) : ""),
        Clean(candidate.DroppedBy ?? "") + (candidate is { DroppedBy.Length: > 0, OnlyUnwanted: true } ? " (preference)" : ""),
        .. areSomeUnreachable ? [candidate.IsUnreachable ? "no" : "yes"] : Array.Empty<string>(),
    ];

    /// <summary>Whether the prompt is longer than its KV cache, whose size then says by how much.</summary>
    private static bool IsTooSmall(ExplainedCandidate candidate) => candidate.DroppedBy?.StartsWith(CapacityFilter, StringComparison.Ordinal) == true;

    private static string Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out double number) => number.ToString("0.####", CultureInfo.InvariantCulture),
        JsonValueKind.String => Clean(value.GetString()!),
        _ => throw new JsonException(),
    };

    /// <summary>Removes control characters from a name, which may come from outside.</summary>
    private static string Clean(string name) => AnswerText.Printable(name);
}
