namespace Llumnix.Gateway.Placement;

/// <summary>Where a request goes, or why it goes nowhere.</summary>
/// <param name="Refusal">Why not; <see cref="PlacementRefusal.None"/> when it is placed.</param>
/// <param name="Lease">Its use of the instance; null unless it is placed. To be disposed of by the caller.</param>
public readonly record struct PlacementAnswer(PlacementRefusal Refusal, PlacementLease? Lease);
