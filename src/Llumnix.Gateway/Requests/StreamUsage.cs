using System.Text.Json;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// Asks engines for the usage of a stream whose client did not. An engine says in the end how long prompt and answer were; the client is not
/// shown it.
/// </summary>
internal static class StreamUsage
{
    private static ReadOnlySpan<byte> Asked => """{"include_usage":true}"""u8;

    /// <summary>Has usage asked for, where the client did not and nothing else in its options depends on it.</summary>
    /// <param name="path">The request's path. Only completions know the option.</param>
    /// <param name="body">The body.</param>
    /// <param name="fields">Its members.</param>
    /// <param name="patch">Takes the change.</param>
    /// <returns>Whether it is asked for on our own account, so that it has to be taken out of the answer.</returns>
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

    /// <returns>Null when the client asks for usage itself, or for something that only shows with it.</returns>
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
