using System.Text;

namespace Llumnix.Cli.Load;

/// <summary>Formats a server's answer for a terminal or a message: short, on one line, without control characters.</summary>
internal static class AnswerText
{
    private const int MaxBytes = 4096;
    private const int MaxChars = 300;

    /// <summary>Reads the beginning of a body of any length.</summary>
    public static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        byte[] start = new byte[MaxBytes];
        await using Stream stream = await content.ReadAsStreamAsync(cancellation);
        int read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        return OneLine(Encoding.UTF8.GetString(start, 0, read));
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
