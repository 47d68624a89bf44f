using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Relay;

/// <summary>
/// Reads a stream of server-sent events line by line while it is relayed, in pieces of any size, and removes the usage when the client did not ask for
/// it. Works in place, without an allocation per event.
/// </summary>
/// <param name="cutsUsage">Whether usage is removed.</param>
internal sealed class EventScanner(bool cutsUsage)
{
    /// <summary>Longest line that is read. A longer one is passed on unread, since its beginning cannot be held back without a bound.</summary>
    internal const int MaxLineBytes = 256 * 1024;

    private bool _isInLongLine;
    private bool _isBlankCut;

    /// <summary>Number of events with data so far, not counting <c>[DONE]</c>.</summary>
    public int Events { get; private set; }

    /// <summary>Tokens of the answer so far: as many as the last usage says, and one for each event with content since then.</summary>
    public int Tokens { get; private set; }

    /// <summary>Whether <c>[DONE]</c> has passed.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether an event has contained an error.</summary>
    public bool HasError { get; private set; }

    /// <summary>The last usage in the stream so far; null before the first.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Whether the stream so far ends at the end of an event.</summary>
    public bool IsBetweenEvents { get; private set; } = true;

    /// <summary>Reads the complete lines of a piece and moves the bytes for the client to its front.</summary>
    /// <param name="piece">The rest of the previous piece, followed by the new bytes.</param>
    /// <param name="searched">Number of bytes from the previous piece.</param>
    /// <param name="rest">Start of the last, incomplete line, which the caller moves to the front of the next piece.</param>
    /// <returns>Number of bytes for the client, at the front of the piece.</returns>
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

    /// <returns>Number of bytes for the client, at the front of the line.</returns>
    private int Inspect(Span<byte> line)
    {
        if (_isInLongLine)
        {
            _isInLongLine = false;
            Events++;
            Tokens++;
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

        TokenUsage? usage = null;
        bool mentionsUsage = data.IndexOf("\"usage\""u8) >= 0;
        if (mentionsUsage)
        {
            usage = TokenUsage.FindLast(data);
            Usage = usage ?? Usage;
        }

        Tokens = usage is { OutputTokens: > 0 and int told } ? told : Tokens + (EventContent.IsIn(data) ? 1 : 0);
        if (mentionsUsage)
        {
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

        // The data is the last part of the line before its line break.
        int dataStart = line.Length - lineEndLength - data.Length;
        (int start, int end) = UsageMember.WithComma(data, member);
        line[(dataStart + end)..].CopyTo(line[(dataStart + start)..]);
        return line.Length - (end - start);
    }
}
