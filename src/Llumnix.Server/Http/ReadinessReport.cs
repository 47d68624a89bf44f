namespace Llumnix.Server.Http;

/// <summary>The answer of /readyz.</summary>
/// <param name="IsReady">Whether the first view is loaded and its store answers.</param>
/// <param name="Reason">Why not; empty when ready.</param>
/// <param name="Warning">What does not work although requests are placed; empty when all does.</param>
internal sealed record ReadinessReport(bool IsReady, string Reason, string Warning);
