using System.Buffers;
using System.Text.Json;

namespace Llumnix.Server.Http;

/// <summary>
/// Reads the rows of /report from JSON, without a string per row. A row that cannot be used is skipped and counted; only a body that is no
/// JSON array is an error.
/// </summary>
internal static class ReportReader
{
    /// <summary>Longer ids are nobody's. In UTF-8 bytes.</summary>
    private const int MaxIdBytes = 512;

    [ThreadStatic]
    private static Row? _row;

    internal static void Read(in ReadOnlySequence<byte> json, ParsedReport report)
    {
        report.Clear();
        try
        {
            Utf8JsonReader reader = JsonText.Reader(in json);
            ReadRows(ref reader, report);
        }
        catch (JsonException exception)
        {
            report.Error = JsonText.Malformed(exception);
        }
        catch (InvalidOperationException)
        {
            report.Error = JsonText.InvalidText;
        }
    }

    private static void ReadRows(ref Utf8JsonReader reader, ParsedReport report)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            report.Error = "the body must be a JSON array of reports";
            return;
        }

        Row row = _row ??= new Row();
        for (int index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            row.Reset();
            ReadRow(ref reader, row);
            Take(row, index, report);
        }

        if (reader.Read())
        {
            report.Error = "there is something behind the JSON array";
        }
    }

    private static void Take(Row row, int index, ParsedReport report)
    {
        string? problem = row.Problem ?? (row.IdLength == 0 ? "id is missing" : row.InstanceIdLength == 0 ? "instance_id is missing" : null);
        if (problem is null)
        {
            report.Progress.Add(
                row.Id.AsSpan(0, row.IdLength),
                row.InstanceId.AsSpan(0, row.InstanceIdLength),
                row.Tokens,
                row.IsPrefillDone,
                row.GatewayId.AsSpan(0, row.GatewayIdLength));
            return;
        }

        report.SkippedRows++;
        report.FirstSkip ??= $"row {index}: {problem}";
    }

    private static void ReadRow(ref Utf8JsonReader reader, Row row)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            row.Problem = "is no object";
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadField(ref reader, row);
        }
    }

    private static void ReadField(ref Utf8JsonReader reader, Row row)
    {
        if (reader.ValueTextEquals("id"u8))
        {
            row.IdLength = ReadId(ref reader, row.Id, row, "id");
        }
        else if (reader.ValueTextEquals("instance_id"u8))
        {
            row.InstanceIdLength = ReadId(ref reader, row.InstanceId, row, "instance_id");
        }
        else if (reader.ValueTextEquals("gateway_id"u8))
        {
            row.GatewayIdLength = ReadId(ref reader, row.GatewayId, row, "gateway_id");
        }
        else if (reader.ValueTextEquals("num_tokens"u8))
        {
            row.Tokens = ReadTokens(ref reader, row);
        }
        else if (reader.ValueTextEquals("kind"u8))
        {
            reader.Read();
            row.IsPrefillDone = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("prefill_done"u8);
            reader.Skip();
        }
        else
        {
            reader.Skip();
        }
    }

    private static int ReadId(ref Utf8JsonReader reader, char[] text, Row row, string field)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return 0;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            row.Problem ??= $"{field} is no string";
            reader.Skip();
            return 0;
        }

        long bytes = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (bytes > MaxIdBytes)
        {
            row.Problem ??= $"{field} is longer than {MaxIdBytes} bytes";
            return 0;
        }

        try
        {
            return reader.CopyString(text);
        }
        catch (InvalidOperationException)
        {
            row.Problem ??= $"{field} is not valid UTF-8";
            return 0;
        }
    }

    private static long ReadTokens(ref Utf8JsonReader reader, Row row)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return 0;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int tokens) && tokens >= 0)
        {
            return tokens;
        }

        row.Problem ??= $"num_tokens is no integer from 0 to {int.MaxValue}";
        reader.Skip();
        return 0;
    }

    /// <summary>The row at hand; reused.</summary>
    private sealed class Row
    {
        internal readonly char[] Id = new char[MaxIdBytes];
        internal readonly char[] InstanceId = new char[MaxIdBytes];
        internal readonly char[] GatewayId = new char[MaxIdBytes];
        internal int IdLength;
        internal int InstanceIdLength;
        internal int GatewayIdLength;
        internal long Tokens;
        internal bool IsPrefillDone;
        internal string? Problem;

        internal void Reset()
        {
            IdLength = InstanceIdLength = GatewayIdLength = 0;
            Tokens = 0;
            IsPrefillDone = false;
            Problem = null;
        }
    }
}
