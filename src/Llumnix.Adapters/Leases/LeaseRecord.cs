namespace Llumnix.Adapters.Leases;

/// <summary>Who holds a lease, as its store says.</summary>
/// <param name="HolderId">The holder's id; empty when the last one has released the lease.</param>
/// <param name="Address">Where the holder is reached; may be empty.</param>
/// <param name="Epoch">Grows with every acquisition: of two holders the one with the larger epoch is the later one. Above zero.</param>
/// <param name="Remaining">Time until the lease ends without a renewal, from the moment of the answer; maybe rounded down to whole seconds.</param>
public sealed record LeaseRecord(string HolderId, string Address, long Epoch, TimeSpan Remaining)
{
    /// <summary>Whether somebody holds the lease.</summary>
    public bool IsHeld => HolderId.Length > 0;
}
