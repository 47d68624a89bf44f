using System.Globalization;
using System.Text;
using System.Text.Json;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Explain;

/// <summary>An explanation as text: a table for each role.</summary>
internal static class ExplanationText
{
    /// <exception cref="JsonException">The answer is not an explanation.</exception>
    internal static string Render(ReadOnlySpan<byte> answer)
    {
        Explanation explanation = JsonSerializer.Deserialize(answer, ExplanationJson.Default.Explanation) ?? throw new JsonException();
        var text = new StringBuilder();
        foreach (ExplainedRole? role in explanation.Roles)
        {
            Append(text, role ?? throw new JsonException());
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ExplainedRole role)
    {
        text.Append(CultureInfo.InvariantCulture, $"{Clean(role.Role)}, {Clean(role.Policy)}: {Clean(role.InstanceId ?? role.Outcome)}\n");
        if (role is { InstanceId: not null, PreferencesMet: false })
        {
            text.Append("no candidate passes the preferred filters, so they do not count\n");
        }

        string[] metrics = role.Candidates.Count == 0 ? [] : [.. (role.Candidates[0] ?? throw new JsonException()).Metrics.Keys];
        string[][] rows =
        [
            ["", "instance", .. metrics.Select(Clean), "dropped by"],
            .. role.Candidates.Select(candidate => Row(candidate ?? throw new JsonException(), role.InstanceId, metrics)),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        }

        text.Append('\n');
    }

    private static string[] Row(ExplainedCandidate candidate, string? pick, string[] metrics) =>
    [
        candidate.InstanceId == pick ? ">" : "",
        Clean(candidate.InstanceId),
        .. metrics.Select(metric => candidate.Metrics.TryGetValue(metric, out JsonElement value) ? Number(value) : ""),
        Clean(candidate.DroppedBy ?? "") + (candidate is { DroppedBy.Length: > 0, OnlyUnwanted: true } ? " (preference)" : ""),
    ];

    private static string Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out double number) => number.ToString("0.####", CultureInfo.InvariantCulture),
        JsonValueKind.String => Clean(value.GetString()!),
        _ => throw new JsonException(),
    };

    /// <summary>Removes control characters from a name, which may come from outside.</summary>
    private static string Clean(string name) => AnswerText.Printable(name);
}
