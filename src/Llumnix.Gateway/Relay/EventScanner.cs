using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Relay;

/// <summary>
/// Looks at a stream of server-sent events line by line as it passes, whatever pieces it comes in, and takes out of it what the client did not
/// ask for. Works in place: an event costs no allocation.
/// </summary>
/// <param name="cutsUsage">Whether usage is taken out.</param>
internal sealed class EventScanner(bool cutsUsage)
{
    /// <summary>A longer line is passed on without being looked at, since the rest of it would have to be waited for.</summary>
    internal const int MaxLineBytes = 256 * 1024;

    private bool _isInLongLine;
    private bool _isBlankCut;

    /// <summary>Events with data so far, without <c>[DONE]</c>.</summary>
    public int Events { get; private set; }

    /// <summary>Whether <c>[DONE]</c> has passed.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether an event told of an error.</summary>
    public bool HasError { get; private set; }

    /// <summary>The last usage that was told; null before.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Whether everything that has passed is whole events.</summary>
    public bool IsBetweenEvents { get; private set; } = true;

    /// <summary>Looks at the whole lines of a piece and moves what the client is to see to its front.</summary>
    /// <param name="piece">What was left of the piece before, and what has come since.</param>
    /// <param name="searched">How much of it was left of the piece before.</param>
    /// <param name="rest">Where the last line, which has no end yet, begins; it belongs to the front of the next piece.</param>
    /// <returns>How many bytes at the front of the piece are for the client.</returns>
    public int Scan(Span<byte> piece, int searched, out int rest)
    {
        int kept = 0;
        rest = 0;
        while (piece[searched..].IndexOf((byte)'\n') is >= 0 and int length)
        {
            int end = searched + length + 1;
            Keep(piece, ref kept, rest, Inspect(piece[rest..end]));
            rest = searched = end;
        }

        if (_isInLongLine || piece.Length - rest > MaxLineBytes)
        {
            Keep(piece, ref kept, rest, piece.Length - rest);
            _isInLongLine |= rest < piece.Length;
            IsBetweenEvents &= rest == piece.Length;
            rest = piece.Length;
        }

        return kept;
    }

    private static void Keep(Span<byte> piece, ref int kept, int start, int length)
    {
        if (kept != start)
        {
            piece.Slice(start, length).CopyTo(piece[kept..]);
        }

        kept += length;
    }

    /// <returns>How many bytes at the front of the line are for the client.</returns>
    private int Inspect(Span<byte> line)
    {
        if (_isInLongLine)
        {
            _isInLongLine = false;
            Events++;
            return line.Length;
        }

        Span<byte> text = line.TrimEnd("\r\n"u8);
        bool isBlankCut = _isBlankCut;
        _isBlankCut = false;
        if (text.IsEmpty)
        {
            IsBetweenEvents = true;
            return isBlankCut ? 0 : line.Length;
        }

        int kept = text.StartsWith("data:"u8) ? InspectData(line, text) : line.Length;
        IsBetweenEvents &= kept == 0;
        return kept;
    }

    private int InspectData(Span<byte> line, Span<byte> text)
    {
        Span<byte> data = text["data:"u8.Length..].TrimStart((byte)' ');
        if (data.SequenceEqual("[DONE]"u8))
        {
            IsDone = true;
            return line.Length;
        }

        if (data is [(byte)'{', ..] && data[1..].TrimStart(" \t"u8).StartsWith("\"error\""u8))
        {
            HasError = true;
        }

        if (data.IndexOf("\"usage\""u8) >= 0)
        {
            Usage = TokenUsage.FindLast(data) ?? Usage;
            if (cutsUsage)
            {
                int kept = CutUsage(line, line.Length - text.Length, data);
                Events += kept > 0 ? 1 : 0;
                return kept;
            }
        }

        Events++;
        return line.Length;
    }

    private int CutUsage(Span<byte> line, int lineEndLength, Span<byte> data)
    {
        if (!UsageMember.TryFind(data, out JsonMember member, out bool isAlone))
        {
            return line.Length;
        }

        if (isAlone)
        {
            _isBlankCut = true;
            return 0;
        }

        // The data ends where the line's end begins.
        int dataStart = line.Length - lineEndLength - data.Length;
        (int start, int end) = UsageMember.WithComma(data, member);
        line[(dataStart + end)..].CopyTo(line[(dataStart + start)..]);
        return line.Length - (end - start);
    }
}
