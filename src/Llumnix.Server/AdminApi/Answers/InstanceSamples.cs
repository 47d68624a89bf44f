namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The last samples of one instance.</summary>
/// <param name="Id">The instance.</param>
/// <param name="Values">A list per column, with a value for each of <see cref="FleetRecentAnswer.TimesMs"/>; null where none is known.</param>
public sealed record InstanceSamples(string Id, IReadOnlyList<IReadOnlyList<int?>> Values);
