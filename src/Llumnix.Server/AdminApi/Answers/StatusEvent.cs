namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The event <c>status</c>, sent at the start and when it changes: readiness as in /readyz, and leadership.</summary>
/// <param name="IsReady">Whether gateways may use this scheduler.</param>
/// <param name="Reason">Why not; empty when they may.</param>
/// <param name="Warning">What does not work although requests are placed; empty when all does.</param>
/// <param name="Role">Of several schedulers: <c>leader</c>, <c>frozen</c> or <c>follower</c>; null where there is one.</param>
/// <param name="Leader">Where the leader is reached; null where there is one scheduler.</param>
/// <param name="Peers">Replicas that ledgers are exchanged with, as <c>host:port</c>.</param>
public sealed record StatusEvent(bool IsReady, string Reason, string Warning, string? Role, string? Leader, IReadOnlyList<string> Peers);
