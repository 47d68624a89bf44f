namespace Llumnix.Adapters.Liveness;

/// <summary>What a read of a whole store has shown.</summary>
/// <param name="Store">What tells this store, or this run of it, from another one; null when it is not known.</param>
/// <param name="Known">Entries in use before the read.</param>
/// <param name="Missing">Those of them of which the store has nothing any more.</param>
/// <param name="Incomplete">Those of them of which the store does not have everything any more; not less than <paramref name="Missing"/>.</param>
/// <param name="Present">All entries that the store has now.</param>
/// <param name="IsQuiet">Whether nothing in the store has changed for longer than its writers ever pause.</param>
internal readonly record struct StoreContents(string? Store, int Known, int Missing, int Incomplete, int Present, bool IsQuiet);
