using System.Globalization;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Traces;

/// <summary>The Azure LLM inference traces: a csv file with the columns TIMESTAMP, ContextTokens, GeneratedTokens.</summary>
internal sealed class AzureTraceFormat : ITraceFormat
{
    private static readonly string[] Columns = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];
    private readonly List<(DateTimeOffset Time, int Prompt, int Output)> _rows = [];
    private bool _isHeaderRead;

    public bool HasHeader => true;

    public string? ReadRow(string row)
    {
        string[] fields = row.Split(',', StringSplitOptions.TrimEntries);
        if (!_isHeaderRead)
        {
            _isHeaderRead = true;
            return fields.SequenceEqual(Columns) ? null : $"the header must be {string.Join(',', Columns)}";
        }

        return fields.Length == Columns.Length ? ReadFields(fields) : $"{fields.Length} columns instead of {Columns.Length}";
    }

    public IReadOnlyList<RequestArrival> ToArrivals()
    {
        if (_rows.Count == 0)
        {
            return [];
        }

        DateTimeOffset start = _rows.Min(row => row.Time);
        return [.. _rows.Select(row => new RequestArrival(row.Time - start, row.Prompt, row.Output)).OrderBy(arrival => arrival.Offset)];
    }

    private string? ReadFields(string[] fields)
    {
        var errors = new RowErrors();
        if (!DateTimeOffset.TryParse(fields[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            errors.Add(Columns[0], $"'{ShownValue.Of(fields[0])}' is not a date and time");
        }

        int prompt = ReadTokens(1);
        int output = ReadTokens(2);
        if (errors.ToString() is { } error)
        {
            return error;
        }

        _rows.Add((time, prompt, output));
        return null;

        int ReadTokens(int column)
        {
            if (!TokenCount.TryParse(fields[column], out int tokens))
            {
                errors.Add(Columns[column], TokenCount.Explain($"'{ShownValue.Of(fields[column])}'"));
            }

            return tokens;
        }
    }
}
