using System.Globalization;

namespace Llumnix.Adapters.Redis;

/// <summary>
/// Follows the framing of Redis replies (RESP 2 and 3) over fragments of any size, and finds the first byte that no supported server would send: an
/// impossible or implausible length, count, depth or type. For one thread at a time.
/// </summary>
/// <remarks>
/// The client library trusts an announced length: one near 2^31 ends the process with an access violation, and a smaller one makes it buffer that
/// much. Streamed strings, streamed aggregates and attributes are refused too, since Redis sends them only when asked.
/// </remarks>
internal sealed class ReplyChecker
{
    /// <summary>Largest string, in bytes.</summary>
    public const int MaxStringBytes = 4 * 1024 * 1024;

    /// <summary>Largest reply including nested ones, in bytes.</summary>
    public const int MaxReplyBytes = 32 * 1024 * 1024;

    /// <summary>Largest number of elements in a reply, all nested aggregates together.</summary>
    public const int MaxElements = 1 << 18;

    /// <summary>Deepest nesting of aggregates.</summary>
    public const int MaxDepth = 8;

    private const int MaxLineBytes = 64 * 1024;
    // Ten digits hold every possible length; a sign or an eleventh digit makes it invalid.
    private const int MaxLengthDigits = 10;

    // Number of elements that each open aggregate still lacks, the innermost last.
    private readonly int[] _missing = new int[MaxDepth];
    private readonly char[] _length = new char[MaxLengthDigits];
    private Part _part;
    private byte _type;
    private int _depth;
    // Number of elements that the aggregates of this reply have announced so far.
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

    /// <summary>Checks the next bytes.</summary>
    /// <returns>Null, or the problem, after which the checker must not be used again.</returns>
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
        // A verbatim string begins with a three-character format and a colon.
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
