using System.Globalization;
using System.Text;
using System.Text.Json;
using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options.Parsing;

namespace Llumnix.Adapters.Profiles;

/// <summary>One row of a profiling table's <c>results</c>.</summary>
internal readonly struct ProfilingRow
{
    private const int MaxShown = 40;

    private readonly JsonElement _row;
    private readonly string _place;
    private readonly BoundedProblems _problems;

    private ProfilingRow(JsonElement row, string place, BoundedProblems problems) => (_row, _place, _problems) = (row, place, problems);

    /// <summary>The rows of a table, at least one.</summary>
    /// <param name="json">The table's bytes.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="problems">Is told what is wrong with rows.</param>
    /// <exception cref="ProfilingTableException">There are none.</exception>
    public static List<ProfilingRow> ReadAll(ReadOnlyMemory<byte> json, string name, BoundedProblems problems)
    {
        JsonElement root = Parse(json, name);
        JsonElement results = default;
        if (root.ValueKind == JsonValueKind.Object && FindMember(root, "results", out results) is { } problem)
        {
            throw new ProfilingTableException($"{name}: {problem}");
        }

        if (results.ValueKind != JsonValueKind.Array)
        {
            throw new ProfilingTableException($"{name}: needs a list 'results' at its top");
        }

        var rows = new List<ProfilingRow>(results.GetArrayLength());
        foreach (JsonElement row in results.EnumerateArray())
        {
            rows.Add(new ProfilingRow(row, $"{name}: results[{rows.Count.ToString(CultureInfo.InvariantCulture)}]", problems));
        }

        return rows.Count > 0 ? rows : throw new ProfilingTableException($"{name}: 'results' is empty");
    }

    /// <summary>Members of the row, finite numbers above 0.</summary>
    /// <returns>Null when one is not; then each of these is told.</returns>
    public double[]? Numbers(params ReadOnlySpan<string> members)
    {
        if (_row.ValueKind != JsonValueKind.Object)
        {
            AddProblem($"has no {members[0]}");
            return null;
        }

        double[] numbers = new double[members.Length];
        bool areGood = true;
        for (int i = 0; i < members.Length; i++)
        {
            string? problem = Read(members[i], out numbers[i]);
            areGood &= problem is null;
            if (problem is not null)
            {
                AddProblem(problem);
            }
        }

        return areGood ? numbers : null;
    }

    /// <summary>Tells what is wrong with the row.</summary>
    public void AddProblem(string what) => _problems.Add($"{_place}: {what}");

    private string? Read(string member, out double number)
    {
        number = 0;
        return FindMember(_row, member, out JsonElement value) is { } problem ? problem
            : value.ValueKind == JsonValueKind.Undefined ? $"has no {member}"
            : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && number > 0 && double.IsFinite(number) ? null
            : $"{member} must be a number above 0, not {Shorten(value.GetRawText())}";
    }

    /// <summary>Finds a member; one that is not there is undefined.</summary>
    /// <returns>Why members cannot be told apart; null: they can.</returns>
    private static string? FindMember(JsonElement json, string member, out JsonElement value)
    {
        try
        {
            json.TryGetProperty(member, out value);
            return null;
        }
        catch (InvalidOperationException)
        {
            value = default;
            return "has a member whose name is no text: half of a surrogate pair";
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json, string name)
    {
        json = json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json;
        if (TextContent.FindProblem(json.Span) is { } problem)
        {
            throw new ProfilingTableException($"{name}: cannot be read: {problem}");
        }

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

    /// <summary>On one line, whatever blanks the JSON has between its tokens.</summary>
    private static string Shorten(string json)
    {
        string text = Quoted.Plain(string.Join(' ', json.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)));
        return text.Length <= MaxShown ? text : text[..MaxShown] + "...";
    }
}
