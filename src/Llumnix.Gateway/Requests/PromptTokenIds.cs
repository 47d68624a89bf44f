using System.Text.Json;

namespace Llumnix.Gateway.Requests;

/// <summary>A prompt that the client sends as token ids.</summary>
internal static class PromptTokenIds
{
    /// <summary>Schedulers refuse a request with more.</summary>
    internal const int MaxIds = 2 * 1024 * 1024;

    /// <summary>Reads the ids.</summary>
    /// <param name="prompt">The value of <c>prompt</c>, valid JSON; empty when there is none.</param>
    /// <returns>Null unless the prompt is one array of ids.</returns>
    public static IReadOnlyList<uint>? Read(ReadOnlySpan<byte> prompt)
    {
        var reader = new Utf8JsonReader(prompt, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = RequestFields.MaxDepth }));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return null;
        }

        var ids = new List<uint>();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number && ids.Count < MaxIds && reader.TryGetUInt32(out uint id))
        {
            ids.Add(id);
        }

        return ids.Count > 0 && reader.TokenType == JsonTokenType.EndArray ? ids : null;
    }
}
