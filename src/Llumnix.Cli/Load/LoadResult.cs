namespace Llumnix.Cli.Load;

/// <summary>The results of a load.</summary>
internal sealed record LoadResult
{
    /// <summary>Time from the start to the last end of a request.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Requests sent.</summary>
    public required int Sent { get; init; }

    /// <summary>Requests that got all their tokens.</summary>
    public required int Completed { get; init; }

    /// <summary>Requests that completed within the latency targets; null where there are none.</summary>
    public int? Attained { get; init; }

    /// <summary>Requests that failed, by kind; kinds without any are left out.</summary>
    public required IReadOnlyDictionary<FailureKind, int> Failures { get; init; }

    /// <summary>Requests that were open when the drain was over, or when the load was stopped.</summary>
    public required int CutOff { get; init; }

    /// <summary>Of these, those without a first token. Each counts in <see cref="Ttft"/> with its age, a lower bound.</summary>
    public required int CutOffBeforeFirstToken { get; init; }

    /// <summary>Output tokens of the completed requests.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>Time to first token, from the moment the request was due.</summary>
    public required LatencySummary Ttft { get; init; }

    /// <summary>Time per output token of the completed requests with two tokens or more: (last − first) / (tokens − 1).</summary>
    public required LatencySummary Tpot { get; init; }

    /// <summary>From the moment the request was due to its last token, of the completed requests.</summary>
    public required LatencySummary EndToEnd { get; init; }

    /// <summary>How much later than due requests were sent: what this machine, not the fleet, is to blame for.</summary>
    public LatencySummary Lateness { get; init; } = LatencySummary.None;

    /// <summary>The results of equal parts of the arrivals, by the time at which requests were due; none where the length was not told.</summary>
    public IReadOnlyList<LoadPart> Parts { get; init; } = [];

    /// <summary>Requests that failed, of all kinds.</summary>
    public int Failed => Failures.Values.Sum();

    /// <summary>Share of the requests sent that completed within their targets, 0 to 1; null without targets or requests.</summary>
    public double? Attainment => Sent > 0 ? (double?)Attained / Sent : null;

    /// <summary>Completed requests per second.</summary>
    public double RequestsPerSecond => Elapsed > TimeSpan.Zero ? Completed / Elapsed.TotalSeconds : 0;

    /// <summary>Output tokens of completed requests per second.</summary>
    public double TokensPerSecond => Elapsed > TimeSpan.Zero ? OutputTokens / Elapsed.TotalSeconds : 0;
}
