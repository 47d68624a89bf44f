using System.Text.Json;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Relay;

/// <summary>
/// Tells events of a stream that carry a part of the answer from those that carry only a role, an end or the usage. Only the member that has the
/// part is parsed; nothing is allocated.
/// </summary>
internal static class EventContent
{
    /// <summary>Whether an event has a <c>delta</c> with more than a role or, without one, a <c>text</c> that is not empty.</summary>
    /// <param name="data">The event's data.</param>
    public static bool IsIn(ReadOnlySpan<byte> data)
    {
        bool hasDelta = false;
        while (TryFindValue(ref data, "\"delta\""u8))
        {
            hasDelta = true;
            if (IsText(data) || (data is [(byte)'{', ..] && HasContent(data)))
            {
                return true;
            }
        }

        while (!hasDelta && TryFindValue(ref data, "\"text\""u8))
        {
            if (IsText(data))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Moves to the value of the next member of a name. Quotes within strings are escaped, so that only a whole name or value is found.</summary>
    private static bool TryFindValue(ref ReadOnlySpan<byte> data, ReadOnlySpan<byte> quotedName)
    {
        ReadOnlySpan<byte> rest = data;
        while (rest.IndexOf(quotedName) is >= 0 and int at)
        {
            rest = rest[(at + quotedName.Length)..].TrimStart(" \t"u8);
            if (rest is [(byte)':', ..])
            {
                data = rest[1..].TrimStart(" \t"u8);
                return true;
            }
        }

        return false;
    }

    private static bool IsText(ReadOnlySpan<byte> value) => value is [(byte)'"', not (byte)'"', ..];

    /// <summary>Whether a delta has text, calls of tools or anything else of the answer.</summary>
    private static bool HasContent(ReadOnlySpan<byte> delta)
    {
        var reader = new Utf8JsonReader(delta, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = RequestFields.MaxDepth }));
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isAside = reader.ValueTextEquals("role"u8) || reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("stop_reason"u8);
                reader.Read();
                if (!isAside && IsFilled(ref reader))
                {
                    return true;
                }

                reader.TrySkip();
            }
        }
        catch (JsonException)
        {
            // Half an event, or none of JSON: nothing of the answer is known to be in it.
        }

        return false;
    }

    /// <summary>Whether a value is a text, a list or an object that is not empty. May leave the reader within it.</summary>
    private static bool IsFilled(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.ValueSpan.Length > 0,
        JsonTokenType.StartArray => reader.Read() && reader.TokenType != JsonTokenType.EndArray,
        JsonTokenType.StartObject => reader.Read() && reader.TokenType != JsonTokenType.EndObject,
        _ => false,
    };
}
