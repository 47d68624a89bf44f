using System.Buffers;
using System.Globalization;
using System.Text;

namespace Llumnix.Server.Logging;

/// <summary>Makes text of others safe to show: on one line, without characters that act, hide or reorder, and of bounded length.</summary>
internal static class VisibleText
{
    /// <summary>Longest text in characters; of a longer one the beginning is shown and the rest counted.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>
    /// The text with every control character, line or paragraph separator, invisible format character (those that change the direction of
    /// writing are among them) and half of a surrogate pair as an escape sequence.
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
