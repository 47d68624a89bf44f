namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The answer of <c>GET /admin/fleet/recent</c>: the last 90 s of every instance.</summary>
/// <param name="IntervalMs">Time between two samples, in milliseconds.</param>
/// <param name="Columns">What the lists of <see cref="InstanceSamples.Values"/> are: names of members of <see cref="FleetInstance"/>.</param>
/// <param name="TimesMs">When the samples were taken, oldest first, Unix times in milliseconds.</param>
/// <param name="Instances">The samples of each instance.</param>
public sealed record FleetRecentAnswer(int IntervalMs, IReadOnlyList<string> Columns, IReadOnlyList<long> TimesMs, IReadOnlyList<InstanceSamples> Instances);
