using Llumnix.Adapters.Leases;
using Llumnix.Server.Leadership;

namespace Llumnix.Server.Tests.Leadership;

public sealed class LeadershipWarningTests
{
    private static readonly DateTimeOffset Since = new(2026, 1, 2, 5, 4, 5, TimeSpan.FromHours(2));

    [Theory]
    [InlineData(LeaseRole.Leader, true, false, null, null)]
    [InlineData(LeaseRole.Follower, false, false, null, null)]
    [InlineData(LeaseRole.Leader, true, false, "gone", "the store of leases is not reached: gone")]
    [InlineData(LeaseRole.Follower, false, false, "gone", "the store of leases is not reached: gone")]
    [InlineData(LeaseRole.Frozen, true, false, "gone", "the lease is frozen; the store of leases is not reached: gone")]
    [InlineData(LeaseRole.Follower, false, true, null, "no leader is known since 2026-01-02T03:04:05Z")]
    [InlineData(LeaseRole.Follower, false, true, "gone", "no leader is known since 2026-01-02T03:04:05Z; the store of leases is not reached: gone")]
    public void Of_View_SaysWhatIsWrong(LeaseRole role, bool isLeading, bool isLeaderless, string? error, string? expected) =>
        Assert.Equal(expected, LeadershipWarning.Of(new LeaseView(role, null, error), isLeading, isLeaderless ? Since : null));

    [Fact]
    public void Of_TokenThatTheLeaderRefuses_IsToldByAFollower()
    {
        Assert.Equal(
            "the leader http://a:1 refuses the service token of this replica: give all replicas the same --service-token; the store of leases is not reached: gone",
            LeadershipWarning.Of(new LeaseView(LeaseRole.Follower, null, "gone"), isLeading: false, null, "http://a:1"));
        Assert.Null(LeadershipWarning.Of(new LeaseView(LeaseRole.Leader, null, null), isLeading: true, null, "http://a:1"));
    }
}
