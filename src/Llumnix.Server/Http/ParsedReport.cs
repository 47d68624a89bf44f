using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Server.Http;

/// <summary>The body of /report as it was read: the rows that can be used, and what is wrong with the first of the others.</summary>
internal sealed class ParsedReport : IRequestMessage
{
    private readonly ReportReader _reader;

    public ParsedReport() => _reader = new ReportReader(this);

    /// <inheritdoc/>
    public string? Error { get; set; }

    /// <inheritdoc/>
    public long HeldBytes { get; private set; }

    /// <summary>Rows that were read, skipped ones included.</summary>
    internal int Rows { get; set; }

    internal RequestProgressBatch Progress { get; } = new();

    /// <summary>Rows that were skipped.</summary>
    internal int SkippedRows { get; set; }

    /// <summary>Position of the first skipped row, from 0, and what is wrong with it; null when none was skipped.</summary>
    internal string? FirstSkip { get; set; }

    /// <inheritdoc/>
    public void Clear()
    {
        Error = FirstSkip = null;
        SkippedRows = Rows = 0;
        HeldBytes = 0;
        _reader.Reset();
        Progress.Clear();
    }

    /// <inheritdoc/>
    public int Read(ReadOnlySpan<byte> json, bool isLast)
    {
        int read = _reader.Read(json, isLast);
        // Texts are kept in characters of two bytes.
        HeldBytes += 2L * read;
        return read;
    }
}
