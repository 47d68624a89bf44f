using System.Globalization;
using Llumnix.Adapters.Leases;

namespace Llumnix.Server.Leadership;

/// <summary>Says what is wrong with the leadership of several schedulers while each of them is ready.</summary>
internal static class LeadershipWarning
{
    /// <summary>The warning; null when there is nothing to say.</summary>
    /// <param name="view">What the last round of the lease found.</param>
    /// <param name="isLeading">Whether this replica decides.</param>
    /// <param name="leaderlessSince">Since when no leader is known, by the wall clock; null while one is. It is a time and not a duration so that the text stays the same.</param>
    internal static string? Of(LeaseView view, bool isLeading, DateTimeOffset? leaderlessSince)
    {
        string? leader =
            isLeading ? (view.Role == LeaseRole.Frozen ? "the lease is frozen" : null)
            : leaderlessSince is { } since ? string.Create(CultureInfo.InvariantCulture, $"no leader is known since {since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}")
            : null;
        string? store = view.StoreError is { } error ? $"the store of leases is not reached: {error}" : null;
        return leader is not null && store is not null ? $"{leader}; {store}" : leader ?? store;
    }
}
