using System.Text.Json;

namespace Llumnix.Gateway.Requests;

/// <summary>The counts in a prompt from which its length in tokens is estimated without a tokenizer.</summary>
/// <param name="Words">Runs of ASCII letters.</param>
/// <param name="Letters">ASCII letters.</param>
/// <param name="Digits">ASCII digits.</param>
/// <param name="Signs">Other ASCII characters, except spaces.</param>
/// <param name="Narrow">Characters of two bytes, such as Greek and Cyrillic letters.</param>
/// <param name="Wide">Characters of more bytes, such as Chinese ones.</param>
/// <param name="Strings">Texts, such as roles and contents.</param>
/// <param name="Images">Strings that are <c>data:</c> URLs.</param>
/// <param name="Ids">Token ids, in a prompt that the client has tokenized itself.</param>
internal readonly record struct PromptShape(
    double Words, double Letters, double Digits, double Signs, double Narrow, double Wide, int Strings, int Images, int Ids)
{
    /// <summary>Number of bytes of one string that are read; the counts of a longer one are extrapolated.</summary>
    private const int MaxSample = 16 * 1024;

    /// <summary>Whether it is of token ids alone.</summary>
    public bool IsIds => Ids > 0 && Strings == 0 && Images == 0;

    /// <summary>Counts a prompt.</summary>
    /// <param name="prompt">The value of <c>messages</c>, <c>prompt</c> or <c>input</c>, valid JSON; empty when there is none.</param>
    public static PromptShape Of(ReadOnlySpan<byte> prompt)
    {
        var shape = new PromptShape();
        var reader = new Utf8JsonReader(prompt, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = RequestFields.MaxDepth }));
        while (reader.Read())
        {
            shape = reader.TokenType switch
            {
                JsonTokenType.Number => shape with { Ids = shape.Ids + 1 },
                JsonTokenType.String when reader.ValueSpan.StartsWith("data:"u8) => shape with { Images = shape.Images + 1 },
                JsonTokenType.String => shape.With(reader.ValueSpan),
                _ => shape,
            };
        }

        return shape;
    }

    private PromptShape With(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> sample = text[..Math.Min(text.Length, MaxSample)];
        Span<int> counts = stackalloc int[(int)CharacterKind.Count];
        int words = 0;
        CharacterKind last = CharacterKind.Blank;
        for (int i = 0; i < sample.Length; i++)
        {
            CharacterKind kind = KindOf(sample, ref i);
            if (kind == CharacterKind.Within)
            {
                continue;
            }

            counts[(int)kind]++;
            words += kind == CharacterKind.Letter && last != CharacterKind.Letter ? 1 : 0;
            last = kind;
        }

        double scale = sample.Length == 0 ? 1 : (double)text.Length / sample.Length;
        return new PromptShape(
            Words + (scale * words),
            Letters + (scale * counts[(int)CharacterKind.Letter]),
            Digits + (scale * counts[(int)CharacterKind.Digit]),
            Signs + (scale * counts[(int)CharacterKind.Sign]),
            Narrow + (scale * counts[(int)CharacterKind.Narrow]),
            Wide + (scale * counts[(int)CharacterKind.Wide]),
            Strings + 1,
            Images,
            Ids);
    }

    /// <summary>The kind of the character that begins at an index. Moves the index to the last byte of an escape.</summary>
    private static CharacterKind KindOf(ReadOnlySpan<byte> text, ref int index)
    {
        byte value = text[index];
        if (value == (byte)'\\')
        {
            return KindOfEscape(text, ref index);
        }

        return value switch
        {
            >= 0xE0 => CharacterKind.Wide,
            >= 0xC0 => CharacterKind.Narrow,
            >= 0x80 => CharacterKind.Within,
            (byte)' ' => CharacterKind.Blank,
            _ when (uint)((value | 0x20) - 'a') < 26 => CharacterKind.Letter,
            _ when (uint)(value - '0') < 10 => CharacterKind.Digit,
            _ => CharacterKind.Sign,
        };
    }

    private static CharacterKind KindOfEscape(ReadOnlySpan<byte> text, ref int index)
    {
        if (index + 5 >= text.Length || text[index + 1] != (byte)'u')
        {
            index++;
            return CharacterKind.Sign;
        }

        (byte first, byte second, byte third) = (text[index + 2], text[index + 3], text[index + 4]);
        index += 5;
        return first != (byte)'0' || second > (byte)'7' ? CharacterKind.Wide
            : second == (byte)'0' && third < (byte)'8' ? CharacterKind.Sign
            : CharacterKind.Narrow;
    }

    private enum CharacterKind : byte
    {
        Blank,
        Letter,
        Digit,
        Sign,
        Narrow,
        Wide,
        Within,
        Count,
    }
}
