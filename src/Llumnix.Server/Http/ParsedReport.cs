using System.Buffers;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Server.Http;

/// <summary>The body of /report as it was read: the rows that can be used, and what is wrong with the first of the others.</summary>
internal sealed class ParsedReport : IRequestMessage
{
    /// <inheritdoc/>
    public string? Error { get; set; }

    internal RequestProgressBatch Progress { get; } = new();

    /// <summary>Rows that were skipped.</summary>
    internal int SkippedRows { get; set; }

    /// <summary>Position of the first skipped row, from 0, and what is wrong with it; null when none was skipped.</summary>
    internal string? FirstSkip { get; set; }

    /// <inheritdoc/>
    public void Clear()
    {
        Error = FirstSkip = null;
        SkippedRows = 0;
        Progress.Clear();
    }

    /// <inheritdoc/>
    public void Read(in ReadOnlySequence<byte> json) => ReportReader.Read(in json, this);
}
