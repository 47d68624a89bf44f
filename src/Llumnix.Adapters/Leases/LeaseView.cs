namespace Llumnix.Adapters.Leases;

/// <summary>What a candidate knew of its lease at the end of its last round.</summary>
/// <param name="Role">What the candidate is. A leader asks <see cref="LeaseHolder.IsLeading"/> besides, for its time may be over since.</param>
/// <param name="Current">The holder; null when there is none or it is not known.</param>
/// <param name="StoreError">Why the store was not reached in the last round; null when it was.</param>
public sealed record LeaseView(LeaseRole Role, LeaseRecord? Current, string? StoreError);
