using System.Text;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>Formats text from outside for messages: quoted, on one line, and short.</summary>
public static class Quoted
{
    private const int MaxLength = 80;

    /// <summary>The text in quotes.</summary>
    public static string Text(string text) => $"\"{Plain(text)}\"";

    /// <summary>The formatted text without the quotes.</summary>
    public static string Plain(string text)
    {
        var shown = new StringBuilder();
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c);
        }

        return text.Length > MaxLength ? shown.Append("...").ToString() : shown.ToString();
    }
}
