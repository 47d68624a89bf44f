using System.Text.Json;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Traces;

/// <summary>
/// The Mooncake traces: one JSON object per line with timestamp (milliseconds), input_length, output_length and hash_ids (one per
/// block of 512 prompt tokens, may be absent).
/// </summary>
/// <remarks>
/// The recording counted in ticks of three seconds, and all arrivals of a tick carry its timestamp. Played as it is, every tick would
/// be a burst that never happened; the k-th of n arrivals of a tick is therefore moved by k/n of the tick.
/// </remarks>
internal sealed class MooncakeTraceFormat : ITraceFormat
{
    private const double MaxTimestamp = 1e12;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(3);
    private readonly List<RequestArrival> _rows = [];

    public bool HasHeader => false;

    public string? ReadRow(string row)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(row);
            return json.RootElement.ValueKind == JsonValueKind.Object ? ReadObject(json.RootElement) : "the row is not a JSON object";
        }
        catch (JsonException exception)
        {
            return $"the row is not JSON: byte {exception.BytePositionInLine + 1}";
        }
        catch (InvalidOperationException)
        {
            // Of the reader of names.
            return "the row has a member whose name is no text: half of a surrogate pair";
        }
    }

    public IReadOnlyList<RequestArrival> ToArrivals()
    {
        IGrouping<TimeSpan, RequestArrival>[] ticks = [.. _rows.GroupBy(row => row.Offset).OrderBy(tick => tick.Key)];
        var arrivals = new List<RequestArrival>(_rows.Count);
        for (int i = 0; i < ticks.Length; i++)
        {
            TimeSpan gap = i + 1 < ticks.Length ? ticks[i + 1].Key - ticks[i].Key : Tick;
            arrivals.AddRange(Spread(ticks[i], ticks[0].Key, gap < Tick ? gap : Tick));
        }

        return arrivals;
    }

    private static IEnumerable<RequestArrival> Spread(IGrouping<TimeSpan, RequestArrival> tick, TimeSpan start, TimeSpan length)
    {
        RequestArrival[] rows = [.. tick];
        return rows.Select((row, index) => row with { Offset = tick.Key - start + (length * index / rows.Length) });
    }

    private string? ReadObject(JsonElement json)
    {
        var errors = new RowErrors();
        if (!TryGetTimestamp(json, out TimeSpan offset))
        {
            errors.Add("timestamp", Explain(json, "timestamp", static found => $"{found} is not a number of milliseconds from 0 to {MaxTimestamp}"));
        }

        int prompt = ReadTokens("input_length");
        int output = ReadTokens("output_length");
        if (!TryGetContentIds(json, out ulong[] ids))
        {
            errors.Add("hash_ids", "not an array of whole numbers from 0");
        }

        if (errors.ToString() is { } error)
        {
            return error;
        }

        _rows.Add(new(offset, prompt, output, ids));
        return null;

        int ReadTokens(string name)
        {
            if (!TryGetTokens(json, name, out int tokens))
            {
                errors.Add(name, Explain(json, name, TokenCount.Explain));
            }

            return tokens;
        }
    }

    private static bool TryGetTimestamp(JsonElement json, out TimeSpan offset)
    {
        bool isValid = json.TryGetProperty("timestamp", out JsonElement value)
            & value.ValueKind == JsonValueKind.Number
            && value.GetDouble() is >= 0 and <= MaxTimestamp;
        offset = isValid ? TimeSpan.FromMilliseconds(value.GetDouble()) : default;
        return isValid;
    }

    private static bool TryGetTokens(JsonElement json, string name, out int tokens)
    {
        tokens = 0;
        return json.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out tokens)
            && tokens >= 1;
    }

    private static bool TryGetContentIds(JsonElement json, out ulong[] ids)
    {
        ids = [];
        if (!json.TryGetProperty("hash_ids", out JsonElement value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        ids = new ulong[value.GetArrayLength()];
        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetUInt64(out ids[index++]))
            {
                return false;
            }
        }

        return true;
    }

    private static string Explain(JsonElement json, string name, Func<string, string> explain) =>
        json.TryGetProperty(name, out JsonElement value) ? explain(ShownValue.Of(value.GetRawText())) : "is missing";
}
