using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Llumnix.Cli.Load;

/// <summary>Formats a server's answer for a terminal or a message: short, on one line, without control characters.</summary>
internal static class AnswerText
{
    private const int MaxBytes = 4096;
    private const int MaxChars = 300;

    /// <summary>What an answer that is no success says: status, and the text, or that it has none.</summary>
    public static async Task<(string Text, string Described)> DescribeAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        string text = await ReadAsync(answer.Content, cancellation);
        string phrase = OneLine(answer.ReasonPhrase ?? "");
        string known = text.Length > 0 ? text : $"{(phrase.Length > 0 ? $"{phrase}; " : "")}the answer has no text";
        return (text, FormattableString.Invariant($"{(int)answer.StatusCode}: {known}"));
    }

    /// <summary>Reads the beginning of a body of any length; of an error in OpenAI's shape its message alone.</summary>
    public static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        byte[] start = new byte[MaxBytes];
        await using Stream stream = await content.ReadAsStreamAsync(cancellation);
        int read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        return OneLine(MessageOf(start.AsSpan(0, read)) ?? Encoding.UTF8.GetString(start, 0, read));
    }

    /// <summary>The message of <c>{"error":{"message":...}}</c>; null: the body is something else, or the message is empty.</summary>
    private static string? MessageOf(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject answer && answer["error"] is JsonObject error && error["message"] is JsonValue message && message.TryGetValue(out string? text)
                && !string.IsNullOrWhiteSpace(text)
                    ? text : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            // No JSON, a member twice, or half of a surrogate pair.
            return null;
        }
    }

    /// <summary>Puts a text from outside on one line.</summary>
    public static string OneLine(string text)
    {
        text = Printable(text).Trim();
        return text.Length <= MaxChars ? text : text[..MaxChars] + "...";
    }

    /// <summary>Removes control characters from a text from outside.</summary>
    public static string Printable(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
        }
    });
}
