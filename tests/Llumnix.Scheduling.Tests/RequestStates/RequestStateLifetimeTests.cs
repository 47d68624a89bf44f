using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using static Llumnix.Scheduling.Tests.LiteModeFixture;

namespace Llumnix.Scheduling.Tests.RequestStates;

/// <summary>When request states go that nobody releases: with their gateway, with time, or for want of room.</summary>
public sealed class RequestStateLifetimeTests
{
    [Fact]
    public void OnGatewayLost_ItsStatesGo_OthersStay()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Scheduler.OnGatewayConnected("g1");
        fixture.Scheduler.OnGatewayConnected("g2");
        for (int i = 0; i < 500; i++)
        {
            fixture.Neutral($"r{i}", 10, gateway: "g1");
        }

        fixture.Neutral("other", 7, gateway: "g2");
        Assert.Equal(2, fixture.Scheduler.Snapshot().ConnectedGateways);
        fixture.Scheduler.OnGatewayLost("g1");
        Assert.Equal(new TrackedLoad(1, 7, 1, 7), fixture["a"]);

        // Back under a new address, and gone again: the other's state is not its to free.
        fixture.Scheduler.OnGatewayConnected("g1-new");
        fixture.Scheduler.OnGatewayLost("g1-new");
        fixture.Scheduler.OnGatewayLost("g1-new");
        Assert.Equal(new TrackedLoad(1, 7, 1, 7), fixture["a"]);
        Assert.Equal(1, fixture.Scheduler.Snapshot().ConnectedGateways);
    }

    [Fact]
    public void OnGatewayLost_SecondConnectionUnderTheSameId_StatesStay()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Scheduler.OnGatewayConnected("g");
        fixture.Scheduler.OnGatewayConnected("g");
        fixture.Neutral("r");
        fixture.Scheduler.OnGatewayLost("g");
        Assert.Equal(1, fixture["a"].Requests);
        fixture.Scheduler.OnGatewayLost("g");
        Assert.Equal(0, fixture["a"].Requests);
    }

    [Fact]
    public void OnGatewayLost_RequestStillUnderWay_IsGoneSecondsLater()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Scheduler.OnGatewayConnected("g", isProven: true);
        fixture.Scheduler.OnGatewayLost("g", isProven: true);
        fixture.Neutral("late");
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, fixture["a"].Requests);
    }

    [Fact]
    public void OnGatewayConnected_SameIdAfterALoss_IsServedAsAnyOther()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Scheduler.OnGatewayConnected("g", isProven: true);
        fixture.Scheduler.OnGatewayLost("g", isProven: true);
        fixture.Scheduler.OnGatewayConnected("g", isProven: true);
        fixture.Neutral("r");
        fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, fixture["a"].Requests);
    }

    [Fact]
    public void Expire_GatewayNeverConnected_TenMinutesAfterTheLastScheduleOrReport()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Neutral("r1");
        fixture.Neutral("r2");
        fixture.Time.Advance(TimeSpan.FromMinutes(6));
        fixture.Report("r2", "a", 150);
        fixture.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(new TrackedLoad(1, 150, 1, 150), fixture["a"]);
        fixture.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(default, fixture["a"]);
        Assert.Equal(2, fixture.Scheduler.Snapshot().StatesExpiredTotal);
    }

    [Fact]
    public void Expire_ConnectedGatewayThatReportsOthersOnly_TheForgottenOneGoes()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(Of("a"));
        fixture.Scheduler.OnGatewayConnected("g");
        fixture.Neutral("forgotten");
        fixture.Neutral("reported");
        fixture.Time.Advance(TimeSpan.FromMinutes(5));
        fixture.Report("reported", "a", 150);
        fixture.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(new TrackedLoad(1, 150, 1, 150), fixture["a"]);
    }

    [Fact]
    public void Snapshot_ManyStatesExpire_OthersGetTheirTurnInBetween()
    {
        var time = new WatchedTimeProvider();
        LiteModeFixture fixture = new LiteModeFixture(time: time).With(Of("a"));
        for (int i = 0; i < 200; i++)
        {
            fixture.Neutral($"r{i}");
        }

        time.Advance(TimeSpan.FromMinutes(11));
        bool isServed = false;
        time.WatchFrom(2, () => isServed = Task.Run(() => fixture.Release("x", "a"), CancellationToken.None).Wait(TimeSpan.FromSeconds(5)));
        Assert.Equal(200, fixture.Scheduler.Snapshot().StatesExpiredTotal);
        Assert.True(isServed);
    }

    [Fact]
    public void Schedule_MoreStatesThanTheBound_TheOldestMakesRoom()
    {
        LiteModeFixture fixture = new LiteModeFixture(settings: new LiteModeOptions { MaxStates = 2 }).With(Of("a"));
        fixture.Neutral("r1", 1);
        fixture.Neutral("r2", 10);
        fixture.Neutral("r3", 100);
        Assert.Equal(new TrackedLoad(2, 110, 2, 110), fixture["a"]);
    }
}
