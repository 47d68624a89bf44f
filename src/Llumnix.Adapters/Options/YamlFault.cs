using Llumnix.Adapters.Options.Parsing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Llumnix.Adapters.Options;

/// <summary>Where a text stops being YAML, and what is expected there. Holds nothing of the text, which may have secrets, but a key that is given twice.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Expected">What is expected there; empty where the parser gives no reason.</param>
internal readonly record struct YamlFault(long Line, long Column, string Expected)
{
    private const string DuplicateKey = "Duplicate key";

    private const string Unclosed = "a bracket or brace that is opened here is not closed";

    /// <summary>Parts of the parser's messages, and what they mean for the writer of the text. The first that fits counts.</summary>
    private static readonly (string Part, string Expected)[] Meanings =
    [
        ("invalid mapping", "a value cannot hold a colon with a blank after it: put it into quotes, or indent this line as the keys above"),
        ("tab ", "expected are blanks; a tab cannot indent a line"),
        ("unexpected end of stream", "the quote that is opened here is not closed"),
        ("multi-line double-quoted", "the quote that is opened here is not closed on its line"),
        ("unknown escape", "in double quotes a backslash is written \\\\; in single quotes it is a character like others"),
        ("did not find expected '-'", "expected is '- ' below the one of the item above"),
        ("did not find expected key", "expected is a key with a colon after it, indented as the keys above"),
        ("did not find expected ',' or '}'", "expected is ',' or '}'"),
        ("did not find expected ',' or ']'", "expected is ',' or ']'"),
        ("expected ':'", "expected is a key with a colon after it"),
        ("cannot start any token", "a value that begins with this character needs quotes"),
        ("anchor or alias", "a text that begins with & or * needs quotes"),
        ("anchor", "a text that begins with * needs quotes; without, it refers to a value marked with &, of which there is none of this name"),
        ("tag", "a text that begins with ! needs quotes"),
        ("node content", "expected is a value"),
        (DuplicateKey, "the key is given twice"),
    ];

    /// <summary>The place, and what is expected there.</summary>
    public override string ToString() => Expected.Length == 0 ? "is not valid YAML or JSON" : $"is not valid YAML or JSON: {Expected}";

    /// <summary>Finds it.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="exception">What the parser throws at it; of some texts, exceptions that tell no place.</param>
    internal static YamlFault Of(string yaml, Exception exception)
    {
        (Mark last, Mark? open, Mark? alias) = ReadUpToFault(yaml);
        long lastLine = 1 + yaml.TrimEnd().Count('\n');
        if (exception is not YamlException { Start: var start, Message: var message })
        {
            return open is { } bracket ? new YamlFault(bracket.Line, bracket.Column, Unclosed) : new YamlFault(Math.Min(last.Line, lastLine), last.Column, "");
        }

        if (open is { } opened && (start.Line > lastLine || start.Index >= yaml.TrimEnd().Length))
        {
            return new YamlFault(opened.Line, opened.Column, Unclosed);
        }

        if (message.Contains(DuplicateKey, StringComparison.Ordinal) && FindKey(yaml, start) is { } key)
        {
            return new YamlFault(Math.Clamp(start.Line, 1, lastLine), Math.Max(1, start.Column), $"the key {Quoted.Text(key)} is given twice in its mapping");
        }

        string expected = Meanings.FirstOrDefault(meaning => message.Contains(meaning.Part, StringComparison.Ordinal)).Expected ?? "";
        return exception is AnchorNotFoundException && alias is { } place ? new YamlFault(place.Line, place.Column, expected)
            : message.Contains("tab ", StringComparison.Ordinal) && FindTab(yaml, start.Line) is { } tab ? new YamlFault(tab.Line, tab.Column, expected)
            : new YamlFault(Math.Clamp(start.Line, 1, lastLine), Math.Max(1, start.Column), expected);
    }

    /// <summary>The text of the scalar at a place; null where there is none.</summary>
    private static string? FindKey(string yaml, Mark place)
    {
        try
        {
            var parser = new Parser(new StringReader(yaml));
            while (parser.MoveNext())
            {
                if (parser.Current is Scalar scalar && scalar.Start.Index == place.Index)
                {
                    return scalar.Value;
                }
            }
        }
        catch (YamlException)
        {
        }

        return null;
    }

    /// <summary>The end of what can be parsed, the innermost bracket or brace that is open there, and the first alias that refers to nothing before it.</summary>
    private static (Mark Last, Mark? Open, Mark? Alias) ReadUpToFault(string yaml)
    {
        var open = new Stack<ParsingEvent>();
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        Mark last = Mark.Empty;
        Mark? alias = null;
        try
        {
            var parser = new Parser(new StringReader(yaml));
            while (parser.MoveNext())
            {
                ParsingEvent current = parser.Current!;
                last = current.End;
                if (current.NestingIncrease > 0)
                {
                    open.Push(current);
                }
                else if (current.NestingIncrease < 0)
                {
                    open.TryPop(out _);
                }

                if (current is NodeEvent { Anchor.IsEmpty: false } node)
                {
                    anchors.Add(node.Anchor.Value);
                }
                else if (current is AnchorAlias { Value.IsEmpty: false } reference && !anchors.Contains(reference.Value.Value))
                {
                    alias ??= reference.Start;
                }
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // That it fails, in some way, is known.
        }

        return (last, open.TryPeek(out ParsingEvent? innermost) && innermost is SequenceStart { Style: SequenceStyle.Flow } or MappingStart { Style: MappingStyle.Flow } ? innermost.Start : null, alias);
    }

    /// <summary>The first tab in the indentation of a line.</summary>
    private static (long Line, long Column)? FindTab(string yaml, long fromLine)
    {
        string[] lines = yaml.Split('\n');
        for (long line = Math.Max(1, fromLine); line <= lines.Length; line++)
        {
            string text = lines[line - 1];
            int tab = text.AsSpan(0, text.Length - text.AsSpan().TrimStart().Length).IndexOf('\t');
            if (tab >= 0)
            {
                return (line, tab + 1);
            }
        }

        return null;
    }
}
