using System.Text.Json;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Relay;

/// <summary>Locates the usage in one event of a completion stream.</summary>
internal static class UsageMember
{
    /// <summary>Finds the event's own member <c>usage</c>.</summary>
    /// <param name="data">The event's data.</param>
    /// <param name="member">Its position.</param>
    /// <param name="isAlone">Whether the event carries only the usage: its <c>choices</c> are an empty array.</param>
    /// <returns>False when the event has no usage or is not a JSON object.</returns>
    public static bool TryFind(ReadOnlySpan<byte> data, out JsonMember member, out bool isAlone)
    {
        member = default;
        isAlone = false;
        bool hasUsage = false;
        bool hasNoChoices = false;
        var reader = new Utf8JsonReader(data, isFinalBlock: true, new JsonReaderState(new JsonReaderOptions { MaxDepth = RequestFields.MaxDepth }));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int nameStart = (int)reader.TokenStartIndex;
                bool isUsage = reader.ValueTextEquals("usage"u8);
                bool isChoices = reader.ValueTextEquals("choices"u8);
                reader.Read();
                int valueStart = (int)reader.TokenStartIndex;
                hasUsage |= isUsage && reader.TokenType == JsonTokenType.StartObject;
                bool isArray = reader.TokenType == JsonTokenType.StartArray;
                reader.Skip();
                int valueEnd = (int)reader.BytesConsumed;
                hasNoChoices |= isChoices && isArray && data[(valueStart + 1)..(valueEnd - 1)].Trim(" \t\r\n"u8).IsEmpty;
                member = isUsage ? new JsonMember(nameStart, valueStart, valueEnd) : member;
            }
        }
        catch (JsonException)
        {
            return false;
        }

        isAlone = hasUsage && hasNoChoices;
        return member.IsPresent;
    }

    /// <summary>The range of a member with one adjacent comma: without it, the rest is still a valid JSON object.</summary>
    public static (int Start, int End) WithComma(ReadOnlySpan<byte> data, JsonMember member)
    {
        int before = data[..member.NameStart].TrimEnd(" \t\r\n"u8).Length;
        if (data[before - 1] == (byte)',')
        {
            return (before - 1, member.ValueEnd);
        }

        ReadOnlySpan<byte> after = data[member.ValueEnd..];
        int blanks = after.Length - after.TrimStart(" \t\r\n"u8).Length;
        return (member.NameStart, after[blanks] == (byte)',' ? member.ValueEnd + blanks + 1 : member.ValueEnd);
    }
}
