using System.Text;
using Llumnix.Cli.Load;
using Spectre.Console;

namespace Llumnix.Cli.Top;

/// <summary>Lines that are never wider than the terminal: texts from outside are cut, and lose their control characters.</summary>
internal static class TopLine
{
    private const int FirstWide = 0x1100;

    /// <summary>One line.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="style">How it looks.</param>
    internal static Text Of(string text, int width, Style? style = null) => new(Cut(text, width).TrimEnd(), style);

    /// <summary>A text as one column: cut or filled to a width, and a space.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">Columns of the terminal, without the space; negative: aligned to the right.</param>
    internal static string Column(string text, int width)
    {
        string cut = Cut(text, Math.Abs(width));
        string rest = new(' ', Math.Abs(width) - WidthOf(cut));
        return (width < 0 ? rest + cut : cut + rest) + " ";
    }

    private static string Cut(string text, int width)
    {
        text = AnswerText.Printable(text);
        if (WidthOf(text) <= width)
        {
            return text;
        }

        var kept = new StringBuilder();
        int used = 1;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += WidthOf(rune);
            if (used > width)
            {
                break;
            }

            kept.Append(rune);
        }

        return kept.Append('…').ToString();
    }

    private static int WidthOf(string text) => text.EnumerateRunes().Sum(WidthOf);

    /// <summary>What may be two columns wide counts as such.</summary>
    private static int WidthOf(Rune rune) => rune.Value >= FirstWide && rune.Value != '…' ? 2 : 1;
}
