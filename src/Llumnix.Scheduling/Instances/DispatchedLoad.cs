namespace Llumnix.Scheduling.Instances;

/// <summary>Sums over an instance's ledger entries in flight: placed, but not yet acknowledged by a status. Never negative.</summary>
/// <param name="Requests">Requests; one that prefills and decodes here counts once.</param>
/// <param name="PrefillRequests">Requests that prefill here.</param>
/// <param name="UncomputedPrefillTokens">Their prompt tokens that are still to be computed.</param>
/// <param name="DecodeRequests">Requests that decode here.</param>
/// <param name="DecodeTokens">Their prompt tokens.</param>
public readonly record struct DispatchedLoad(
    long Requests,
    long PrefillRequests,
    long UncomputedPrefillTokens,
    long DecodeRequests,
    long DecodeTokens)
{
    /// <summary>The sums of both.</summary>
    public static DispatchedLoad operator +(DispatchedLoad a, DispatchedLoad b) => new(
        a.Requests + b.Requests,
        a.PrefillRequests + b.PrefillRequests,
        a.UncomputedPrefillTokens + b.UncomputedPrefillTokens,
        a.DecodeRequests + b.DecodeRequests,
        a.DecodeTokens + b.DecodeTokens);
}
