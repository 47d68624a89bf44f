using System.Text.Json;

namespace Llumnix.Server.Http;

/// <summary>Reads the fields of a ScheduleRequestBody except its token ids.</summary>
internal static class SchedulingRequestFields
{
    /// <summary>Reads the value of the field at whose name the reader stands. All of the value must have arrived.</summary>
    internal static void Read(ref Utf8JsonReader reader, ParsedRequest request)
    {
        if (reader.ValueTextEquals("id"u8))
        {
            request.Id = ReadText(ref reader, request, "id");
        }
        else if (reader.ValueTextEquals("prompt_num_tokens"u8))
        {
            request.PromptTokens = ReadCount(ref reader, request, "prompt_num_tokens");
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
        else if (reader.ValueTextEquals("excluded_instances"u8))
        {
            ReadExcluded(ref reader, request);
        }
        else if (reader.ValueTextEquals("retry"u8))
        {
            ReadRetry(ref reader, request);
        }
        else if (reader.ValueTextEquals("prompt_chunks"u8))
        {
            ReadChunks(ref reader, request);
        }
        else if (reader.ValueTextEquals("prompt_chunk_tokens"u8))
        {
            ReadChunkTokens(ref reader, request);
        }
        else
        {
            reader.TrySkip();
        }
    }

    internal static string TooLong(string field) => $"{field} is longer than {BodyBounds.MaxTextBytes} bytes";

    internal static string ReadText(ref Utf8JsonReader reader, ParsedRequest request, string field)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.String when reader.ValueSpan.Length <= BodyBounds.MaxTextBytes:
                return KnownTexts.Get(ref reader);
            case JsonTokenType.String:
                request.Error = TooLong(field);
                return "";
            case JsonTokenType.Null:
                return "";
            default:
                request.Error = $"{field} must be a string";
                return "";
        }
    }

    private static void ReadRetry(ref Utf8JsonReader reader, ParsedRequest request)
    {
        reader.Read();
        request.IsRetry = reader.TokenType == JsonTokenType.True;
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
        {
            request.Error = "retry must be true or false";
        }
    }

    private static void ReadExcluded(ref Utf8JsonReader reader, ParsedRequest request)
    {
        request.ExcludedInstances = null;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            request.Error = "excluded_instances must be an array of strings";
            return;
        }

        // A list of its own for each request: the scheduler's input outlives this object.
        var excluded = new List<string>();
        while (request.Error is null && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            request.Error = reader.TokenType != JsonTokenType.String ? "excluded_instances must be an array of strings"
                : reader.ValueSpan.Length > BodyBounds.MaxTextBytes ? TooLong("an id in excluded_instances")
                : excluded.Count == BodyBounds.MaxExcluded ? $"excluded_instances has more than {BodyBounds.MaxExcluded} ids"
                : null;
            excluded.Add(request.Error is null ? reader.GetString()! : "");
        }

        request.ExcludedInstances = excluded;
    }

    private static void ReadChunks(ref Utf8JsonReader reader, ParsedRequest request)
    {
        request.ClearChunks();
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        bool isArray = reader.TokenType == JsonTokenType.StartArray;
        while (isArray && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out ulong hash))
        {
            request.AddChunk(hash);
        }

        if (!isArray || reader.TokenType != JsonTokenType.EndArray)
        {
            request.Error = $"prompt_chunks must be an array of integers from 0 to {ulong.MaxValue}";
        }
    }

    private static void ReadChunkTokens(ref Utf8JsonReader reader, ParsedRequest request)
    {
        reader.Read();
        request.PromptChunkTokens = 0;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double tokens) && tokens is > 0 and <= int.MaxValue)
        {
            request.PromptChunkTokens = tokens;
            return;
        }

        request.Error = $"prompt_chunk_tokens must be a number above 0, at most {int.MaxValue}";
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
}
