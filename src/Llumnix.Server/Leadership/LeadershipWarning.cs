using System.Globalization;
using Llumnix.Adapters.Leases;

namespace Llumnix.Server.Leadership;

/// <summary>Says what is wrong with the leadership of several schedulers while each of them is ready.</summary>
internal static class LeadershipWarning
{
    /// <summary>What another replica does when the tokens differ, and what helps.</summary>
    internal const string TokenRefused = "refuses the service token of this replica: give all replicas the same --service-token";

    /// <summary>The warning; null when there is nothing to say.</summary>
    /// <param name="view">What the last round of the lease found.</param>
    /// <param name="isLeading">Whether this replica decides.</param>
    /// <param name="leaderlessSince">Since when no leader is known, by the wall clock; null while one is. It is a time and not a duration so that the text stays the same.</param>
    /// <param name="refusedBy">The leader that refuses the service token of this replica; null for none.</param>
    internal static string? Of(LeaseView view, bool isLeading, DateTimeOffset? leaderlessSince, string? refusedBy = null)
    {
        string? leader =
            isLeading ? (view.Role == LeaseRole.Frozen ? "the lease is frozen" : null)
            : leaderlessSince is { } since ? string.Create(CultureInfo.InvariantCulture, $"no leader is known since {since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}")
            : null;
        string? store = view.StoreError is { } error ? $"the store of leases is not reached: {error}" : null;
        string? refusal = refusedBy is null || isLeading ? null : $"the leader {refusedBy} {TokenRefused}";
        string text = string.Join("; ", new[] { leader, refusal, store }.Where(static part => part is not null));
        return text.Length == 0 ? null : text;
    }
}
