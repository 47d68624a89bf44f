using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Llumnix.Cli.Explain;

/// <summary>An explanation as text: a table for each role.</summary>
internal static class ExplanationText
{
    internal static string Render(JsonNode answer)
    {
        var text = new StringBuilder();
        foreach (JsonNode? role in answer["roles"]!.AsArray())
        {
            Append(text, role!);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode role)
    {
        JsonArray candidates = role["candidates"]!.AsArray();
        string? pick = (string?)role["instance_id"];
        text.Append(CultureInfo.InvariantCulture, $"{role["role"]}, {role["policy"]}: {pick ?? (string?)role["outcome"]}\n");
        if (pick is not null && !(bool)role["preferences_met"]!)
        {
            text.Append("nobody passes the preferred filters, so they do not count\n");
        }

        string[] metrics = [.. candidates.FirstOrDefault()?["metrics"]!.AsObject().Select(static pair => pair.Key) ?? []];
        string[][] rows =
        [
            ["", "instance", .. metrics, "dropped by"],
            .. candidates.Select(candidate => Row(candidate!, pick, metrics)),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        }

        text.Append('\n');
    }

    private static string[] Row(JsonNode candidate, string? pick, string[] metrics)
    {
        string id = (string)candidate["instance_id"]!;
        string dropped = (string?)candidate["dropped_by"] ?? "";
        return
        [
            id == pick ? ">" : "",
            id,
            .. metrics.Select(metric => Number(candidate["metrics"]![metric]!)),
            dropped.Length > 0 && (bool)candidate["only_unwanted"]! ? dropped + " (preference)" : dropped,
        ];
    }

    private static string Number(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.Number
        ? value.GetValue<double>().ToString("0.####", CultureInfo.InvariantCulture)
        : (string)value!;
}
