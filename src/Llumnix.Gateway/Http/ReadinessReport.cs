namespace Llumnix.Gateway.Http;

/// <summary>The body of /readyz.</summary>
/// <param name="IsReady">Whether requests are served.</param>
/// <param name="Reason">Why requests are not served; null when they are.</param>
/// <param name="Warning">What does not work although requests are served; null when all does.</param>
internal sealed record ReadinessReport(bool IsReady, string? Reason, string? Warning);
