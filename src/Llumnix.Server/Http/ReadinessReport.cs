using System.Text.Json.Serialization;

namespace Llumnix.Server.Http;

/// <summary>The answer of /readyz.</summary>
/// <param name="IsReady">Whether the first view is loaded and its store answers.</param>
/// <param name="Reason">Why not; empty when ready.</param>
/// <param name="Warning">What does not work although requests are placed; empty when all does.</param>
/// <param name="Role">Of several schedulers: <c>leader</c>, <c>frozen</c> or <c>follower</c>; all of them are ready. Null where there is one.</param>
internal sealed record ReadinessReport(
    bool IsReady, string Reason, string Warning, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null);
