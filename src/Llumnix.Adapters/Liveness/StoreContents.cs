namespace Llumnix.Adapters.Liveness;

/// <summary>A summary of one read of a whole store.</summary>
/// <param name="Store">Identity of the store, or of its run; null when unknown.</param>
/// <param name="Known">Entries in use before the read.</param>
/// <param name="Missing">Of these, entries of which the store has no part left.</param>
/// <param name="Incomplete">Of these, entries of which the store lacks some part; not less than <paramref name="Missing"/>.</param>
/// <param name="Present">All entries in the store now.</param>
/// <param name="IsQuiet">Whether nothing in the store has changed for longer than its writers ever pause.</param>
internal readonly record struct StoreContents(string? Store, int Known, int Missing, int Incomplete, int Present, bool IsQuiet);
