namespace Llumnix.Cli.Load;

/// <summary>The results of the requests that were due in one part of a load.</summary>
/// <param name="Sent">Requests sent.</param>
/// <param name="Completed">Of these, those that got all their tokens.</param>
/// <param name="Attained">Of these, those that completed within the latency targets; 0 where there are none.</param>
/// <param name="Ttft">Time to first token; requests that were cut off before it count with their age.</param>
/// <param name="Tpot">Time per output token.</param>
/// <param name="EndToEnd">From due to the last token, of the completed requests.</param>
internal sealed record LoadPart(int Sent, int Completed, int Attained, LatencySummary Ttft, LatencySummary Tpot, LatencySummary EndToEnd);
