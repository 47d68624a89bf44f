using System.Globalization;

namespace Llumnix.Adapters.Redis;

/// <summary>
/// Follows the framing of Redis' replies (RESP 2 and 3) in whatever pieces they come, and finds the first byte that no server that we
/// talk to would send: an impossible or implausible length, count, depth or type. For one thread at a time.
/// </summary>
/// <remarks>
/// The client library takes an announced length at its word: one near 2^31 ends the process with an access violation, a smaller one
/// makes it collect as much. Streamed strings and aggregates, and attributes, are of no use to us; Redis sends them only when asked.
/// </remarks>
internal sealed class ReplyChecker
{
    /// <summary>Most bytes of one string.</summary>
    public const int MaxStringBytes = 4 * 1024 * 1024;

    /// <summary>Most bytes of one reply with everything in it.</summary>
    public const int MaxReplyBytes = 32 * 1024 * 1024;

    /// <summary>Most elements of one reply, in all of its aggregates.</summary>
    public const int MaxElements = 1 << 18;

    /// <summary>Most aggregates within one another.</summary>
    public const int MaxDepth = 8;

    private const int MaxLineBytes = 64 * 1024;
    // Ten digits hold every length that is possible; a sign and more are none.
    private const int MaxLengthDigits = 10;

    // How many elements each open aggregate still lacks, the innermost last.
    private readonly int[] _missing = new int[MaxDepth];
    private readonly char[] _length = new char[MaxLengthDigits];
    private Part _part;
    private byte _type;
    private int _depth;
    // How many elements the aggregates of this reply have announced.
    private int _elements;
    private int _replyBytes;
    private int _lineBytes;
    private int _stringBytes;

    private enum Part
    {
        Type,
        Line,
        LineEnd,
        String,
        StringEnd,
        StringEndLineFeed,
    }

    /// <summary>Takes the next bytes.</summary>
    /// <returns>Null, or what is wrong. After that the checker is of no more use.</returns>
    public string? Check(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            string? problem = Take(bytes, out int taken);
            bytes = bytes[taken..];
            _replyBytes = _part == Part.Type && _depth == 0 ? 0 : _replyBytes + taken;
            if (problem is not null || _replyBytes > MaxReplyBytes)
            {
                return problem ?? Text($"a reply of more than {MaxReplyBytes} bytes");
            }
        }

        return null;
    }

    private string? Take(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 1;
        byte first = bytes[0];
        switch (_part)
        {
            case Part.Type:
                return BeginElement(first);
            case Part.Line:
                int line = bytes.IndexOfAny((byte)'\r', (byte)'\n');
                taken = line < 0 ? bytes.Length : line + 1;
                return TakeLine(bytes[..(line < 0 ? taken : line)], isEnded: line >= 0 && bytes[line] == '\r')
                    ?? (line >= 0 && bytes[line] == '\n' ? "a line that ends without CR" : null);
            case Part.LineEnd:
                return first == '\n' ? EndLine() : "a CR within a line";
            case Part.String:
                taken = Math.Min(_stringBytes, bytes.Length);
                _stringBytes -= taken;
                _part = _stringBytes == 0 ? Part.StringEnd : Part.String;
                return null;
            case Part.StringEnd:
                _part = Part.StringEndLineFeed;
                return first == '\r' ? null : "a string that is longer than its length";
            default:
                EndElement();
                return first == '\n' ? null : "a string that is longer than its length";
        }
    }

    private string? BeginElement(byte type)
    {
        (_type, _part, _lineBytes) = (type, Part.Line, 0);
        _elements = _depth == 0 ? 0 : _elements;
        return "+-:,(#_$=!*~>%"u8.Contains(type) ? null : Text($"a reply of the unknown type 0x{type:X2}");
    }

    private string? TakeLine(ReadOnlySpan<byte> line, bool isEnded)
    {
        if (HasLength)
        {
            if (_lineBytes + line.Length > MaxLengthDigits)
            {
                return "a length that is none";
            }

            for (int i = 0; i < line.Length; i++)
            {
                _length[_lineBytes + i] = (char)line[i];
            }
        }

        _lineBytes += line.Length;
        _part = isEnded ? Part.LineEnd : Part.Line;
        return _lineBytes > MaxLineBytes ? Text($"a line of more than {MaxLineBytes} bytes") : null;
    }

    private bool HasLength => "$=!*~>%"u8.Contains(_type);

    private string? EndLine()
    {
        if (!HasLength)
        {
            EndElement();
            return null;
        }

        ReadOnlySpan<char> digits = _length.AsSpan(0, _lineBytes);
        if (digits is "-1" && _type is (byte)'$' or (byte)'*')
        {
            EndElement();
            return null;
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long length))
        {
            return "a length that is none";
        }

        return _type is (byte)'$' or (byte)'=' or (byte)'!' ? BeginString(length) : BeginAggregate(length);
    }

    private string? BeginString(long length)
    {
        if (length > MaxStringBytes)
        {
            return Text($"a string of {length} bytes");
        }

        (_stringBytes, _part) = ((int)length, length == 0 ? Part.StringEnd : Part.String);
        // Text of this type begins with three characters that say what it is, and a colon.
        return _type == '=' && length < 4 ? "a text without its format" : null;
    }

    private string? BeginAggregate(long count)
    {
        long elements = _type == '%' ? 2 * count : count;
        if (elements > MaxElements - _elements)
        {
            return Text($"a reply of {_elements + elements} elements");
        }

        _elements += (int)elements;

        if (elements == 0)
        {
            EndElement();
            return null;
        }

        if (_depth == MaxDepth)
        {
            return Text($"aggregates more than {MaxDepth} deep");
        }

        (_missing[_depth++], _part) = ((int)elements, Part.Type);
        return null;
    }

    private void EndElement()
    {
        _part = Part.Type;
        while (_depth > 0 && --_missing[_depth - 1] == 0)
        {
            _depth--;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
