using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Slo;
using Llumnix.Testing.Fleet;
using static Llumnix.Scheduling.Tests.AdaptivePd.AdaptivePdFixture;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

public sealed class AdaptivePdStateTests
{
    /// <summary>b gets another slot, and keeps what is remembered of it; a, which joins, begins anew, and so does b when it was restarted.</summary>
    [Fact]
    public void Members_Change_HistoriesFollowTheirInstances()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned).With(Busy("b", batch: 2));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        fixture.With(Busy("a", batch: 2), Busy("b", batch: 2));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(300, GainOf(fixture, "a", Readings.StartMs + 800));
        Assert.Equal(800, GainOf(fixture, "b", Readings.StartMs + 800));
        InstanceReading restarted = Busy("b", batch: 2);
        fixture.With(Busy("a", batch: 2), restarted with { Metadata = restarted.Metadata with { UtcCreate = 2 } });
        Assert.Equal(300, GainOf(fixture, "a", Readings.StartMs + 800));
        Assert.Equal(0, GainOf(fixture, "b", Readings.StartMs + 800));
    }

    [Fact]
    public void CaptureForRescheduling_IdleFleet_ElectsAndTellsTheReservedInstances()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned).With(Idle("a"), Idle("b"), Idle("c"));
        Assert.Equal(new ReservedInstances("a", "b"), fixture.Scheduler.CaptureForRescheduling().Facts);

        // They stay, whatever work comes.
        fixture.With(Busy("a", batch: 2).Later(), Busy("b", waiting: 500).Later(), Idle("c"));
        Assert.Equal(new ReservedInstances("a", "b"), fixture.Scheduler.CaptureForRescheduling().Facts);
    }

    [Fact]
    public void Neutral_Placed_ElectsNobody()
    {
        SchedulerFixture fixture = Fixture(AdaptivePdRules.Tuned).With(Idle("a"), Idle("b"));
        fixture.Neutral("r");
        Assert.Null(((AdaptivePdState)fixture.Policy.State!).Reserves.Prefill);
    }
}
