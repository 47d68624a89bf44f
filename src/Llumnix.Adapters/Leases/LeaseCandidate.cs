namespace Llumnix.Adapters.Leases;

/// <summary>Who asks for a lease.</summary>
/// <param name="Id">Unique among all processes that ever ask, so that a restarted process is another candidate; without line breaks.</param>
/// <param name="Address">Where others reach the candidate, as an absolute URL; empty when nobody has to.</param>
public sealed record LeaseCandidate(string Id, string Address);
