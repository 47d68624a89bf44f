using System.Text.Json;

namespace Llumnix.Server.Http;

/// <summary>
/// Reads a ScheduleRequestBody from JSON, at once or in pieces: token ids one by one, every other field when all of it has arrived. Absent or null
/// fields take their zero value, unknown fields are ignored, and of a repeated field the last one counts.
/// </summary>
internal sealed class SchedulingRequestReader(ParsedRequest request)
{
    private static readonly string[] Texts = ["id", "model", "gateway_id", "scheduling_mode", "scheduling_stage"];
    private TokenIdReader _tokenIds;
    private JsonReaderState _state;
    private Place _place;

    private enum Place
    {
        Start,
        Fields,
        TokenIds,
        End,
    }

    /// <summary>Resets the reader for another request.</summary>
    internal void Reset()
    {
        _place = Place.Start;
        _state = default;
    }

    /// <inheritdoc cref="IRequestMessage.Read"/>
    internal int Read(ReadOnlySpan<byte> json, bool isLast)
    {
        int done = 0;
        try
        {
            while (true)
            {
                if (_place == Place.TokenIds)
                {
                    done += _tokenIds.Read(json[done..], isLast, request);
                    if (!_tokenIds.IsEnded)
                    {
                        // More is to come, or there is an error. What is missing at the end of the body, the JSON reader reports.
                        if (request.Error is not null || !isLast)
                        {
                            return done;
                        }
                    }

                    _place = Place.Fields;
                }

                var reader = new Utf8JsonReader(json[done..], isLast, _state);
                while (request.Error is null && _place != Place.TokenIds && TryRead(ref reader, isLast))
                {
                }

                _state = reader.CurrentState;
                done += (int)reader.BytesConsumed;
                if (request.Error is null && _place == Place.TokenIds)
                {
                    continue;
                }

                if (json.Length - done > BodyBounds.MaxFieldBytes && !isLast)
                {
                    request.Error ??= DescribeLongField(json[done..]);
                }

                return done;
            }
        }
        catch (JsonException exception)
        {
            request.Error = JsonText.Malformed(exception);
        }
        catch (InvalidOperationException)
        {
            request.Error = JsonText.InvalidText;
        }

        return done;
    }

    private string DescribeLongField(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, _state);
        bool isNamed = reader.Read() && reader.TokenType == JsonTokenType.PropertyName;
        foreach (string name in Texts)
        {
            if (isNamed && reader.ValueTextEquals(name))
            {
                return SchedulingRequestFields.TooLong(name);
            }
        }

        string field = isNamed && reader.ValueTextEquals("scheduling_result"u8) ? "scheduling_result" : "a field";
        return $"{field} is larger than {BodyBounds.MaxFieldBytes} bytes";
    }

    private bool TryRead(ref Utf8JsonReader reader, bool isLast) => _place switch
    {
        Place.Start => TryReadStart(ref reader),
        Place.Fields when isLast => TryReadField(ref reader),
        Place.Fields => TryReadWholeField(ref reader),
        _ => TryReadEnd(ref reader),
    };

    private bool TryReadStart(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            request.Error = "the body must be a JSON object";
        }

        _place = Place.Fields;
        return true;
    }

    private bool TryReadWholeField(ref Utf8JsonReader reader)
    {
        Utf8JsonReader ahead = reader;
        bool isWhole = ahead.Read()
            && (ahead.TokenType != JsonTokenType.PropertyName || (IsTokenIds(in ahead) ? ahead.Read() : ahead.TrySkip()));
        return isWhole && TryReadField(ref reader);
    }

    private bool TryReadField(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName)
        {
            // After the token ids, which this reader did not read, comes the end of their array; otherwise the end of the object.
            _place = reader.TokenType == JsonTokenType.EndArray ? Place.Fields : Place.End;
        }
        else if (IsTokenIds(in reader))
        {
            EnterTokenIds(ref reader);
        }
        else
        {
            SchedulingRequestFields.Read(ref reader, request);
        }

        return true;
    }

    private static bool IsTokenIds(in Utf8JsonReader reader) => reader.ValueTextEquals("prompt_token_ids"u8);

    private void EnterTokenIds(ref Utf8JsonReader reader)
    {
        request.ClearTokenIds();
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            _tokenIds = default;
            _place = Place.TokenIds;
        }
        else if (reader.TokenType != JsonTokenType.Null)
        {
            request.Error = TokenIdReader.Expected;
        }
    }

    private bool TryReadEnd(ref Utf8JsonReader reader)
    {
        if (reader.Read())
        {
            request.Error = "there is something behind the JSON object";
        }

        return false;
    }
}
