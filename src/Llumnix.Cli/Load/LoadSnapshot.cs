namespace Llumnix.Cli.Load;

/// <summary>The load as it is at this moment.</summary>
/// <param name="Elapsed">Time since the start.</param>
/// <param name="Sent">Requests sent so far.</param>
/// <param name="Open">Of these, those without an end yet.</param>
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
