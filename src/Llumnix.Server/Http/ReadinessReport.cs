namespace Llumnix.Server.Http;

/// <summary>The answer of /readyz.</summary>
/// <param name="IsReady">Whether the first view is loaded and its store answers.</param>
/// <param name="Reason">Why not; empty when ready.</param>
internal sealed record ReadinessReport(bool IsReady, string Reason);
