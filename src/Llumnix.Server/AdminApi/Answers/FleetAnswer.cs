namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The answer of <c>GET /admin/fleet</c>, and the event <c>fleet</c> at the start of the event stream.</summary>
/// <param name="TimeMs">The moment, Unix time in milliseconds.</param>
/// <param name="Mode"><c>full</c> or <c>lite</c>.</param>
/// <param name="Policy">Name of the scheduling policy.</param>
/// <param name="InFlight">Placements in the account, counted once per role.</param>
/// <param name="RowColumns">What the columns of <see cref="FleetDelta.Rows"/> are: names of members of <see cref="FleetInstance"/>, where <c>health</c> is an index into <paramref name="HealthNames"/>.</param>
/// <param name="HealthNames">The values that <see cref="FleetInstance.Health"/> may have.</param>
/// <param name="HealthReasons">For each of them the value of <see cref="FleetInstance.HealthReason"/>.</param>
/// <param name="Instances">Every instance that the scheduler knows.</param>
public sealed record FleetAnswer(
    long TimeMs,
    string Mode,
    string Policy,
    int InFlight,
    IReadOnlyList<string> RowColumns,
    IReadOnlyList<string> HealthNames,
    IReadOnlyList<string> HealthReasons,
    IReadOnlyList<FleetInstance> Instances);
