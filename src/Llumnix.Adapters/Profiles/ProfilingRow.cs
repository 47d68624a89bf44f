using System.Globalization;
using System.Text.Json;

namespace Llumnix.Adapters.Profiles;

/// <summary>One row of a profiling table's <c>results</c>.</summary>
internal readonly struct ProfilingRow
{
    private readonly JsonElement _row;
    private readonly string _place;

    private ProfilingRow(JsonElement row, string place) => (_row, _place) = (row, place);

    /// <summary>The rows of a table, at least one.</summary>
    /// <exception cref="ProfilingTableException">There are none.</exception>
    public static List<ProfilingRow> ReadAll(ReadOnlyMemory<byte> json, string name)
    {
        JsonElement root = Parse(json, name);
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("results", out JsonElement results)
            || results.ValueKind != JsonValueKind.Array)
        {
            throw new ProfilingTableException($"{name}: needs a list 'results' at its top");
        }

        var rows = new List<ProfilingRow>(results.GetArrayLength());
        foreach (JsonElement row in results.EnumerateArray())
        {
            rows.Add(new ProfilingRow(row, $"{name}: results[{rows.Count.ToString(CultureInfo.InvariantCulture)}]"));
        }

        return rows.Count > 0 ? rows : throw new ProfilingTableException($"{name}: 'results' is empty");
    }

    /// <summary>A member of the row, a finite number above 0.</summary>
    /// <exception cref="ProfilingTableException">It is not.</exception>
    public double Number(string member)
    {
        if (_row.ValueKind != JsonValueKind.Object || !_row.TryGetProperty(member, out JsonElement value))
        {
            throw Problem($"has no {member}");
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number > 0 && double.IsFinite(number)
            ? number
            : throw Problem($"{member} must be a number above 0, not {Shorten(value.GetRawText())}");
    }

    public ProfilingTableException Problem(string what) => new($"{_place}: {what}");

    private static JsonElement Parse(ReadOnlyMemory<byte> json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new ProfilingTableException(
                FormattableString.Invariant($"{name}: no valid JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"), exception);
        }
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
