namespace Llumnix.Scheduling.Instances;

/// <summary>The load of own requests that have ended since the engine's metrics were read: the reading still counts it. Never negative.</summary>
/// <param name="DecodeRequests">Requests that decoded or waited to decode here.</param>
/// <param name="Tokens">KV tokens that they held: prompt and output, as far as gateways have reported them.</param>
public readonly record struct EndedLoad(long DecodeRequests, long Tokens)
{
    /// <summary>A sum of the reading without the ended share of it. A sum that is not positive is left as it is.</summary>
    internal static long Without(long sum, long ended) => ended == 0 || sum <= 0 ? sum : Math.Max(0, sum - ended);
}
