namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The answer of <c>GET /admin/fleet/history?instance=ID</c>: the last minutes of one instance.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="IntervalMs">Time between two samples, in milliseconds.</param>
/// <param name="Columns">What the columns of <paramref name="Samples"/> are: <c>time_ms</c>, then names of members of <see cref="FleetInstance"/>.</param>
/// <param name="Samples">The samples, oldest first.</param>
public sealed record FleetHistoryAnswer(string InstanceId, int IntervalMs, IReadOnlyList<string> Columns, IReadOnlyList<double?[]> Samples);
