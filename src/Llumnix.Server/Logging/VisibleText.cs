using System.Buffers;
using System.Globalization;
using System.Text;

namespace Llumnix.Server.Logging;

/// <summary>Makes text from outside safe to print: on one line, without control, invisible or reordering characters, and of bounded length.</summary>
internal static class VisibleText
{
    /// <summary>Longest text in characters; of a longer one the beginning is kept and the number of the other characters given.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>
    /// The text with these characters escaped: control characters, line and paragraph separators, invisible format characters (among them those that
    /// change the direction of writing), and unpaired surrogates.
    /// </summary>
    public static string Of(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan(0, Math.Min(text.Length, MaxLength));
        if (rest.Length == text.Length && !rest.ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var shown = new StringBuilder(rest.Length + 32);
        while (!rest.IsEmpty)
        {
            bool isWhole = Rune.DecodeFromUtf16(rest, out Rune rune, out int length) == OperationStatus.Done;
            if (isWhole && IsVisible(rune))
            {
                shown.Append(rest[..length]);
            }
            else
            {
                Escape(shown, isWhole ? rune.Value : rest[0]);
            }

            rest = rest[length..];
        }

        return text.Length <= MaxLength ? shown.ToString()
            : shown.Append(CultureInfo.InvariantCulture, $"... ({text.Length - MaxLength} more characters)").ToString();
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static void Escape(StringBuilder shown, int value) => _ = value switch
    {
        '\n' => shown.Append(@"\n"),
        '\r' => shown.Append(@"\r"),
        '\t' => shown.Append(@"\t"),
        <= char.MaxValue => shown.Append(CultureInfo.InvariantCulture, $@"\u{value:x4}"),
        _ => shown.Append(CultureInfo.InvariantCulture, $@"\U{value:x8}"),
    };
}
