namespace Llumnix.Gateway.Http;

/// <summary>The body of /readyz.</summary>
/// <param name="Ready">Whether requests are served.</param>
/// <param name="Reason">Why requests are not served; null when they are.</param>
/// <param name="Warning">What does not work although requests are served; null when all does.</param>
internal sealed record ReadinessReport(bool Ready, string? Reason, string? Warning);
