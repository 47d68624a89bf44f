namespace Llumnix.Scheduling.Instances;

/// <summary>The fleet of lite mode at one moment, for telemetry.</summary>
/// <param name="Instances">Every instance in the view.</param>
/// <param name="States">Request states held, counted once per role.</param>
/// <param name="StatesExpiredTotal">Request states that have expired, since the start.</param>
/// <param name="ConnectedGateways">Gateways with a keep-alive connection.</param>
public sealed record LiteModeSnapshot(
    IReadOnlyList<LiteModeInstanceSnapshot> Instances, int States, long StatesExpiredTotal, int ConnectedGateways);
