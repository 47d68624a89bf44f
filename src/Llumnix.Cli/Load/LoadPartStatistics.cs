namespace Llumnix.Cli.Load;

/// <summary>Counts the requests that were due in one part of a load. Not thread-safe.</summary>
internal sealed class LoadPartStatistics
{
    /// <summary>Time to first token.</summary>
    public LatencyHistogram Ttft { get; } = new();

    /// <summary>Time per output token.</summary>
    public LatencyHistogram Tpot { get; } = new();

    /// <summary>From due to the last token.</summary>
    public LatencyHistogram EndToEnd { get; } = new();

    /// <summary>Requests sent.</summary>
    public int Sent { get; set; }

    /// <summary>Requests that got all their tokens.</summary>
    public int Completed { get; set; }

    /// <summary>Requests that completed within the targets.</summary>
    public int Attained { get; set; }

    /// <summary>The results so far.</summary>
    public LoadPart ToPart() => new(Sent, Completed, Attained, Ttft.Summarize(), Tpot.Summarize(), EndToEnd.Summarize());
}
