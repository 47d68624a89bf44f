namespace Llumnix.Cli.Load;

/// <summary>
/// Counts the <c>data:</c> lines of a stream of server-sent events without looking into them, whatever the pieces it arrives in. The
/// closing <c>data: [DONE]</c> is not counted.
/// </summary>
internal struct SseEventCounter
{
    private const int PrefixLength = 12;
    private Prefix _prefix;
    private int _lineLength;

    /// <summary>Whether the closing event has been seen.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Takes the next piece.</summary>
    /// <returns>Events that it completed.</returns>
    public int Count(ReadOnlySpan<byte> piece)
    {
        int events = 0;
        for (int end = piece.IndexOf((byte)'\n'); end >= 0; end = piece.IndexOf((byte)'\n'))
        {
            Extend(piece[..end]);
            events += EndLine() ? 1 : 0;
            piece = piece[(end + 1)..];
        }

        Extend(piece);
        return events;
    }

    /// <summary>Of a line only its first bytes matter.</summary>
    private void Extend(ReadOnlySpan<byte> part)
    {
        Span<byte> prefix = _prefix;
        int taken = Math.Min(part.Length, PrefixLength - _lineLength);
        part[..taken].CopyTo(prefix[_lineLength..]);
        _lineLength += taken;
    }

    private bool EndLine()
    {
        ReadOnlySpan<byte> line = ((ReadOnlySpan<byte>)_prefix)[.._lineLength];
        _lineLength = 0;
        if (!line.StartsWith("data:"u8))
        {
            return false;
        }

        bool isDone = line[5..].TrimStart((byte)' ').StartsWith("[DONE]"u8);
        IsDone |= isDone;
        return !isDone;
    }

    [System.Runtime.CompilerServices.InlineArray(PrefixLength)]
    private struct Prefix
    {
        private byte _first;
    }
}
