using System.Text.Json;

namespace Llumnix.Server.Http;

/// <summary>
/// Reads a report from JSON, at once or in pieces, each row when all of it has arrived. Only a body that is not a JSON array of rows, or has too
/// many, is an error.
/// </summary>
internal sealed class ReportReader(ParsedReport report)
{
    private JsonReaderState _state;
    private Place _place;

    private enum Place
    {
        Start,
        Rows,
        End,
    }

    /// <summary>Resets the reader for another report.</summary>
    internal void Reset()
    {
        _place = Place.Start;
        _state = default;
    }

    /// <inheritdoc cref="IRequestMessage.Read"/>
    internal int Read(ReadOnlySpan<byte> json, bool isLast)
    {
        var reader = new Utf8JsonReader(json, isLast, _state);
        try
        {
            while (report.Error is null && TryRead(ref reader, isLast))
            {
            }
        }
        catch (JsonException exception)
        {
            report.Error = JsonText.Malformed(exception);
        }
        catch (InvalidOperationException)
        {
            report.Error = JsonText.InvalidText;
        }

        _state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    private bool TryRead(ref Utf8JsonReader reader, bool isLast)
    {
        if (_place == Place.Rows && !isLast && !IsRowWhole(reader))
        {
            return false;
        }

        if (!reader.Read())
        {
            return false;
        }

        switch (_place)
        {
            case Place.Start:
                _place = Place.Rows;
                report.Error = reader.TokenType == JsonTokenType.StartArray ? null : "the body must be a JSON array of reports";
                break;
            case Place.Rows when reader.TokenType == JsonTokenType.EndArray:
                _place = Place.End;
                break;
            case Place.Rows:
                ReportRowReader.Read(ref reader, report);
                break;
            default:
                report.Error = "there is something behind the JSON array";
                break;
        }

        return true;
    }

    /// <summary>Whether the whole next row has arrived; reads ahead with a copy of the reader.</summary>
    private static bool IsRowWhole(Utf8JsonReader ahead) => ahead.Read() && ahead.TrySkip();
}
