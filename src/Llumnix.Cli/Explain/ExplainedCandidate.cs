using System.Text.Json;

namespace Llumnix.Cli.Explain;

/// <summary>One candidate of an <see cref="ExplainedRole"/>.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="DroppedBy">The filter or selector that dropped it; null when it is the pick.</param>
/// <param name="OnlyUnwanted">Whether it passes all required filters and fails a preferred one.</param>
/// <param name="Metrics">Numbers; texts for values that JSON does not have, such as infinity.</param>
/// <param name="LatencyClass">The class of profiling tables that predicts its latencies; null where none are predicted.</param>
/// <param name="KvCapacityTokens">What its whole KV cache holds, in tokens; null where that is not known.</param>
/// <param name="Id">Its id in the answers of <c>/schedule</c>; null from an older scheduler.</param>
/// <param name="Address">Where its API server listens, as <c>host:port</c>; null from an older scheduler.</param>
/// <param name="IsUnreachable">Whether nothing answers at its address.</param>
internal sealed record ExplainedCandidate(
    string InstanceId,
    string? DroppedBy,
    bool OnlyUnwanted,
    IReadOnlyDictionary<string, JsonElement> Metrics,
    string? LatencyClass = null,
    long? KvCapacityTokens = null,
    string? Id = null,
    string? Address = null,
    bool IsUnreachable = false);
