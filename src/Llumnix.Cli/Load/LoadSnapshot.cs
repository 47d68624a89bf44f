namespace Llumnix.Cli.Load;

/// <summary>The state of a load at one moment.</summary>
/// <param name="Elapsed">Time since the start.</param>
/// <param name="Sent">Requests sent so far.</param>
/// <param name="Open">Of these, those that have not ended.</param>
/// <param name="Failed">Of these, those that failed.</param>
/// <param name="RequestsPerSecond">Requests sent per second, over the last ten seconds.</param>
/// <param name="Ttft">Time to first token, over the last ten seconds.</param>
/// <param name="Tpot">Time per output token, over the last ten seconds.</param>
internal sealed record LoadSnapshot(
    TimeSpan Elapsed,
    int Sent,
    int Open,
    int Failed,
    double RequestsPerSecond,
    LatencySummary Ttft,
    LatencySummary Tpot);
