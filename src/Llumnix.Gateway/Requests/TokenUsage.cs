using System.Text.Json;

namespace Llumnix.Gateway.Requests;

/// <summary>The tokens of a request, as its engine reports them.</summary>
/// <param name="PromptTokens">Tokens of the prompt, 0 or above.</param>
/// <param name="OutputTokens">Tokens of the answer, 0 or above.</param>
internal readonly record struct TokenUsage(int PromptTokens, int OutputTokens)
{
    /// <summary>Finds the last usage in a text, with the field names of the completions or of the responses API.</summary>
    /// <param name="text">JSON, or the end of one.</param>
    /// <returns>The usage; null when there is none.</returns>
    public static TokenUsage? FindLast(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            int at = text.LastIndexOf("\"usage\""u8);
            if (at < 0)
            {
                return null;
            }

            ReadOnlySpan<byte> rest = text[(at + "\"usage\""u8.Length)..].TrimStart(" \t\r\n"u8);
            if (rest is [(byte)':', ..] && TryRead(rest[1..], out TokenUsage usage))
            {
                return usage;
            }

            text = text[..at];
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> text, out TokenUsage usage)
    {
        usage = default;
        var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            int prompt = 0;
            int output = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isPrompt = reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8);
                bool isOutput = reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8);
                if (!reader.Read())
                {
                    return false;
                }

                int number = 0;
                bool isNumber = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out number) && number >= 0;
                prompt = isPrompt && isNumber ? number : prompt;
                output = isOutput && isNumber ? number : output;
                if (!reader.TrySkip())
                {
                    return false;
                }
            }

            usage = new TokenUsage(prompt, output);
            return reader.TokenType == JsonTokenType.EndObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
