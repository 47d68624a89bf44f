using System.Text.Json;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Server.Http;

/// <summary>
/// Reads a row of /report without allocating strings, except for a gateway id with an IPv6 address. An unusable row is skipped and counted.
/// </summary>
internal static class ReportRowReader
{
    [ThreadStatic]
    private static Row? _row;

    /// <summary>Reads the row at whose first token the reader stands. All of the row must have arrived.</summary>
    internal static void Read(ref Utf8JsonReader reader, ParsedReport report)
    {
        if (report.Rows == BodyBounds.MaxReportRows)
        {
            report.Error = $"the report has more than {BodyBounds.MaxReportRows} rows";
            return;
        }

        Row row = _row ??= new Row();
        row.Reset();
        ReadRow(ref reader, row);
        Take(row, report.Rows++, report);
    }

    private static void Take(Row row, int index, ParsedReport report)
    {
        string? problem = row.Problem ?? (row.IdLength == 0 ? "id is missing" : row.InstanceIdLength == 0 ? "instance_id is missing" : null);
        if (problem is null)
        {
            ReadOnlySpan<char> gateway = row.GatewayId.AsSpan(0, row.GatewayIdLength);
            report.Progress.Add(
                row.Id.AsSpan(0, row.IdLength),
                row.InstanceId.AsSpan(0, row.InstanceIdLength),
                row.Tokens,
                row.IsPrefillDone,
                gateway.Count(':') > 1 ? HostAddress.NormalizeEndpoint(gateway.ToString()) : gateway);
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
            reader.TrySkip();
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
            reader.TrySkip();
        }
        else
        {
            reader.TrySkip();
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
            reader.TrySkip();
            return 0;
        }

        if (reader.ValueSpan.Length > BodyBounds.MaxTextBytes)
        {
            row.Problem ??= $"{field} is longer than {BodyBounds.MaxTextBytes} bytes";
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
        reader.TrySkip();
        return 0;
    }

    /// <summary>The fields of the present row; reused.</summary>
    private sealed class Row
    {
        internal readonly char[] Id = new char[BodyBounds.MaxTextBytes];
        internal readonly char[] InstanceId = new char[BodyBounds.MaxTextBytes];
        internal readonly char[] GatewayId = new char[BodyBounds.MaxTextBytes];
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
