using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Server.Http;

/// <summary>The parsed body of /report: the usable rows, and the problem of the first unusable one.</summary>
internal sealed class ParsedReport : IRequestMessage
{
    private readonly ReportReader _reader;

    public ParsedReport() => _reader = new ReportReader(this);

    /// <inheritdoc/>
    public string? Error { get; set; }

    /// <inheritdoc/>
    public long ParsedBytes { get; private set; }

    /// <summary>Rows that were read, skipped ones included.</summary>
    internal int Rows { get; set; }

    internal RequestProgressBatch Progress { get; } = new();

    /// <summary>Rows that were skipped.</summary>
    internal int SkippedRows { get; set; }

    /// <summary>Index of the first skipped row and its problem; null when none was skipped.</summary>
    internal string? FirstSkip { get; set; }

    /// <inheritdoc/>
    public void Clear()
    {
        Error = FirstSkip = null;
        SkippedRows = Rows = 0;
        ParsedBytes = 0;
        _reader.Reset();
        Progress.Clear();
    }

    /// <inheritdoc/>
    public int Read(ReadOnlySpan<byte> json, bool isLast)
    {
        int read = _reader.Read(json, isLast);
        // Each byte of text becomes a character of two bytes.
        ParsedBytes += 2L * read;
        return read;
    }
}
