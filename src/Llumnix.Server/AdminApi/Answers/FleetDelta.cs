namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The event <c>fleet_delta</c>: what has changed in the fleet since the event before.</summary>
/// <param name="TimeMs">The moment, Unix time in milliseconds.</param>
/// <param name="InFlight">Placements in the account, counted once per role.</param>
/// <param name="Joined">Instances that are new, or of which more has changed than numbers and health; one with a known index replaces it.</param>
/// <param name="Left">Indexes of the instances that are gone.</param>
/// <param name="Rows">Numbers and health of the instances that have changed, in the order of <see cref="FleetAnswer.RowColumns"/>; the first column is the index.
/// The age of a signal that has not changed grows on: an instance without other changes has no row.</param>
public sealed record FleetDelta(
    long TimeMs, int InFlight, IReadOnlyList<FleetInstance> Joined, IReadOnlyList<int> Left, IReadOnlyList<double?[]> Rows);
