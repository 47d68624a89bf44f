namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The answer of <c>GET /admin/targets</c>.</summary>
/// <param name="TtftTargetMs">The TTFT target in milliseconds; null without one.</param>
/// <param name="TpotTargetMs">The TPOT target in milliseconds; null without one.</param>
/// <param name="IntervalMs">Length of an interval in milliseconds.</param>
/// <param name="Intervals">The last minutes, oldest first; the last interval is not over.</param>
public sealed record TargetsAnswer(double? TtftTargetMs, double? TpotTargetMs, int IntervalMs, IReadOnlyList<TargetsInterval> Intervals);
