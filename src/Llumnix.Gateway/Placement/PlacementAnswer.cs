namespace Llumnix.Gateway.Placement;

/// <summary>Where a request goes, or why it goes nowhere. The caller disposes of the leases.</summary>
/// <param name="Refusal">Why not; <see cref="PlacementRefusal.None"/> when it is placed.</param>
/// <param name="Lease">Its use of the instance, with pd_batch of the prefill instance; null unless it is placed.</param>
/// <param name="Decode">With pd_batch its use of the decode instance, given together with the other or not at all; otherwise null.</param>
public readonly record struct PlacementAnswer(PlacementRefusal Refusal, PlacementLease? Lease, PlacementLease? Decode = null);
