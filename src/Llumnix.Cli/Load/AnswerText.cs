using System.Text;

namespace Llumnix.Cli.Load;

/// <summary>What a server answered, as a text for a terminal or a message: short, on one line, without control characters.</summary>
internal static class AnswerText
{
    private const int MaxBytes = 4096;
    private const int MaxChars = 300;

    /// <summary>The beginning of a body that may have any length.</summary>
    public static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        byte[] start = new byte[MaxBytes];
        await using Stream stream = await content.ReadAsStreamAsync(cancellation);
        int read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        return OneLine(Encoding.UTF8.GetString(start, 0, read));
    }

    /// <summary>A text of others on one line.</summary>
    public static string OneLine(string text)
    {
        text = Printable(text).Trim();
        return text.Length <= MaxChars ? text : text[..MaxChars] + "...";
    }

    /// <summary>A text of others without what would move a terminal's cursor.</summary>
    public static string Printable(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
        }
    });
}
