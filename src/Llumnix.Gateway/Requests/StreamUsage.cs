using System.Text.Json;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// Asks engines for the usage of a stream when the client did not, since the gateway needs the lengths of prompt and answer. The usage is then removed
/// from the answer.
/// </summary>
internal static class StreamUsage
{
    private static ReadOnlySpan<byte> Asked => """{"include_usage":true}"""u8;

    /// <summary>Adds the option for usage, when the client did not and no other of its options changes with it.</summary>
    /// <param name="path">The request's path. Only completions have the option.</param>
    /// <param name="body">The body.</param>
    /// <param name="fields">Its members.</param>
    /// <param name="patch">Receives the change.</param>
    /// <returns>Whether the option was added, so that the usage must be removed from the answer.</returns>
    public static bool AskFor(string path, ReadOnlySpan<byte> body, RequestFields fields, BodyPatch patch)
    {
        if (!fields.IsStream || path is not ("/v1/chat/completions" or "/v1/completions"))
        {
            return false;
        }

        ReadOnlySpan<byte> value = fields.StreamOptions.ValueIn(body);
        if (value.IsEmpty || value.SequenceEqual("null"u8))
        {
            patch.Set(fields.StreamOptions, "stream_options"u8, Asked);
            return true;
        }

        byte[]? options = value[0] == (byte)'{' ? WithUsage(value) : null;
        if (options is not null)
        {
            patch.Set(fields.StreamOptions, "stream_options"u8, options);
        }

        return options is not null;
    }

    /// <returns>The options with usage; null when the client asks for usage itself, or for continuous usage, which depends on it.</returns>
    private static byte[]? WithUsage(ReadOnlySpan<byte> options)
    {
        var reader = new Utf8JsonReader(options, new JsonReaderOptions { MaxDepth = RequestFields.MaxDepth });
        reader.Read();
        int start = (int)reader.BytesConsumed;
        JsonMember usage = default;
        bool isEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            int nameStart = (int)reader.TokenStartIndex;
            bool isUsage = reader.ValueTextEquals("include_usage"u8);
            bool isContinuous = reader.ValueTextEquals("continuous_usage_stats"u8);
            reader.Read();
            int valueStart = (int)reader.TokenStartIndex;
            JsonTokenType type = reader.TokenType;
            reader.Skip();
            if ((isUsage && type is not (JsonTokenType.False or JsonTokenType.Null)) || isContinuous)
            {
                return null;
            }

            usage = isUsage ? new JsonMember(nameStart, valueStart, (int)reader.BytesConsumed) : usage;
        }

        return usage.IsPresent
            ? [.. options[..usage.ValueStart], .. "true"u8, .. options[usage.ValueEnd..]]
            : [.. options[..start], .. "\"include_usage\":true"u8, .. isEmpty ? ""u8 : ","u8, .. options[start..]];
    }
}
