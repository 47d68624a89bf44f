using System.Buffers;
using System.Text.Json;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Server.Http;

/// <summary>
/// Reads a SchedulingRequest from JSON. Absent or null fields take their zero value, unknown fields are ignored, and of a field that
/// is there twice the last counts.
/// </summary>
internal static class SchedulingRequestReader
{
    /// <summary>Reads into <paramref name="request"/>; what is wrong is in its <see cref="ParsedRequest.Error"/>.</summary>
    internal static void Read(in ReadOnlySequence<byte> json, ParsedRequest request)
    {
        request.Clear();
        try
        {
            Utf8JsonReader reader = JsonText.Reader(in json);
            ReadObject(ref reader, request);
        }
        catch (JsonException exception)
        {
            request.Error = JsonText.Malformed(exception);
        }
        catch (InvalidOperationException)
        {
            request.Error = JsonText.InvalidText;
        }
    }

    private static void ReadObject(ref Utf8JsonReader reader, ParsedRequest request)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            request.Error = "the body must be a JSON object";
            return;
        }

        while (request.Error is null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadField(ref reader, request);
        }

        if (request.Error is null && reader.Read())
        {
            request.Error = "there is something behind the JSON object";
        }
    }

    private static void ReadField(ref Utf8JsonReader reader, ParsedRequest request)
    {
        if (reader.ValueTextEquals("id"u8))
        {
            request.Id = ReadText(ref reader, request, "id");
        }
        else if (reader.ValueTextEquals("prompt_num_tokens"u8))
        {
            request.PromptTokens = ReadCount(ref reader, request, "prompt_num_tokens");
        }
        else if (reader.ValueTextEquals("prompt_token_ids"u8))
        {
            ReadTokenIds(ref reader, request);
        }
        else if (reader.ValueTextEquals("scheduling_mode"u8))
        {
            request.SchedulingMode = ReadText(ref reader, request, "scheduling_mode");
        }
        else if (reader.ValueTextEquals("scheduling_stage"u8))
        {
            request.SchedulingStage = ReadText(ref reader, request, "scheduling_stage");
        }
        else if (reader.ValueTextEquals("model"u8))
        {
            request.Model = ReadText(ref reader, request, "model");
        }
        else if (reader.ValueTextEquals("gateway_id"u8))
        {
            request.GatewayId = ReadText(ref reader, request, "gateway_id");
        }
        else if (reader.ValueTextEquals("scheduling_result"u8))
        {
            SchedulingResultReader.Read(ref reader, request);
        }
        else
        {
            reader.Skip();
        }
    }

    internal static string ReadText(ref Utf8JsonReader reader, ParsedRequest request, string field)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return KnownTexts.Get(ref reader);
            case JsonTokenType.Null:
                return "";
            default:
                request.Error = $"{field} must be a string";
                return "";
        }
    }

    internal static int ReadCount(ref Utf8JsonReader reader, ParsedRequest request, string field)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return 0;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int count) && count >= 0)
        {
            return count;
        }

        request.Error = $"{field} must be an integer from 0 to {int.MaxValue}";
        return 0;
    }

    private static void ReadTokenIds(ref Utf8JsonReader reader, ParsedRequest request)
    {
        request.ClearTokenIds();
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        bool isArray = reader.TokenType == JsonTokenType.StartArray;
        while (isArray && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            uint id = 0;
            isArray = reader.TokenType == JsonTokenType.Number && reader.TryGetUInt32(out id);
            request.AddTokenId(id);
        }

        if (!isArray)
        {
            request.Error = $"prompt_token_ids must be an array of integers from 0 to {uint.MaxValue}";
        }
    }
}
