using CsCheck;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.StepTimes;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.FullMode;

/// <summary>Wall clocks that are wrong, or are set while we watch: an engine's, all of them, our own.</summary>
public sealed class FullModeClockTests
{
    private const long HourMs = 3_600_000;
    private static readonly TimeSpan StalenessLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(-HourMs)]
    [InlineData(HourMs)]
    public void Schedule_ClockOfOneIsSet_LivesAndItsLoadIsTaken(long byMs)
    {
        InstanceReading a = Readings.Of("a");
        SchedulerFixture fixture = new SchedulerFixture().With(a, Readings.Of("b", InferType.Decode));
        for (int i = 0; i < 3; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(30));
            int load = i;
            a = a.Later(i == 0 ? byMs : 30_000, s => s with { WaitingRequestCount = load });
            fixture.Update(a);
            Assert.Equal("a", fixture.Neutral($"r{i}"));
            Assert.Equal((load, TimeSpan.Zero), (fixture["a"].Status.WaitingRequestCount, fixture["a"].StatusAge));
        }
    }

    [Fact]
    public void Schedule_ClocksOfAllAreSetBack_GoesOn()
    {
        InstanceReading[] fleet = [Readings.Of("a"), Readings.Of("b"), Readings.Of("c")];
        SchedulerFixture fixture = new SchedulerFixture().With(fleet);
        for (int i = 0; i < 5; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(20));
            long step = i == 1 ? -HourMs : 20_000;
            fleet = [.. fleet.Select(reading => reading.Later(step))];
            fixture.With(fleet);
            Assert.NotNull(fixture.Neutral($"r{i}"));
        }

        Assert.All(fixture.Scheduler.Snapshot().Instances, instance => Assert.Equal(InstanceHealth.Ok, instance.Health));
    }

    [Fact]
    public void Schedule_OneStatusFromTheFarFuture_LaterOnesCount()
    {
        InstanceReading a = Readings.Of("a");
        SchedulerFixture fixture = new SchedulerFixture().With(a);
        InstanceReading future = a.Later(status: s => s with { TimestampMs = long.MaxValue });
        fixture.Update(future);
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        fixture.Update(a.Later(50_000, s => s with { UpdateId = 3, WaitingRequestCount = 4 }));
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal("a", fixture.Neutral("r"));
        Assert.Equal(4, fixture["a"].Status.WaitingRequestCount);
    }

    [Fact]
    public void Schedule_DrainRightAfterTheClockWasSetBack_IsSeen()
    {
        InstanceReading a = Readings.Of("a");
        SchedulerFixture fixture = new SchedulerFixture().With(a);
        fixture.Update(a.Later(-HourMs, s => s with { Schedulable = false, UpdateId = 1 }));
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, fixture.Neutral("r", out _));
        Assert.Equal(InstanceHealth.Unschedulable, fixture["a"].Health);
    }

    [Fact]
    public void Synchronize_UpdateIdWraps_LoadIsTaken()
    {
        InstanceReading a = Readings.Of("a", status: s => s with { UpdateId = int.MaxValue });
        SchedulerFixture fixture = new SchedulerFixture().With(a);
        fixture.Update(a.Later(status: s => s with { UpdateId = int.MinValue, WaitingRequestCount = 1 }));
        Assert.Equal(1, fixture["a"].Status.WaitingRequestCount);
        fixture.Update(a.Later(200, s => s with { UpdateId = int.MinValue + 7, WaitingRequestCount = 2 }));
        Assert.Equal(2, fixture["a"].Status.WaitingRequestCount);
    }

    /// <summary>One status that goes back may come from a replica that lags; when the next one goes on from there, the counter began again.</summary>
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 5)]
    [InlineData(4999, 0)]
    [InlineData(5001, 5)]
    public void Synchronize_UpdateIdGoesBack_LoadIsTakenWhenTheNextOneGoesOnFromThere(int next, int expected)
    {
        InstanceReading a = Readings.Of("a", status: s => s with { UpdateId = 5000, StepId = 1 });
        SchedulerFixture fixture = new SchedulerFixture().With(a);
        int first = next == 4999 ? 5000 : 1;
        fixture.Update(a.Later(status: s => s with { UpdateId = first, WaitingRequestCount = 3 }));
        Assert.Equal(0, fixture["a"].Status.WaitingRequestCount);
        fixture.Update(a.Later(200, s => s with { UpdateId = next, WaitingRequestCount = 5 }));
        Assert.Equal(expected, fixture["a"].Status.WaitingRequestCount);
    }

    [Theory]
    [InlineData(-HourMs)]
    [InlineData(HourMs)]
    public void Schedule_SchedulerStartsWithAWrongClock_SchedulesAtOnce(long engineClocksOffMs)
    {
        InstanceReading Off(string id) => Readings.Of(id, status: s => s with { TimestampMs = s.TimestampMs + engineClocksOffMs });
        SchedulerFixture fixture = new SchedulerFixture().With(Off("a"), Off("b"), Off("c"));
        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, 3).Select(i => fixture.Neutral($"r{i}")).Order());
    }

    [Fact]
    public void Schedule_StatusFarBehindTheOthersAtItsFirstSighting_WorksFromItsFirstChange()
    {
        InstanceReading behind = Readings.Of("behind", status: s => s with { TimestampMs = s.TimestampMs - HourMs });
        SchedulerFixture fixture = new SchedulerFixture().With(behind, Readings.Of("a"), Readings.Of("far-ahead", status: s => s with { TimestampMs = s.TimestampMs + HourMs }));
        Assert.Equal(InstanceHealth.Stale, fixture["behind"].Health);
        Assert.Equal(InstanceHealth.Ok, fixture["a"].Health);
        fixture.Update(behind.Later());
        Assert.Equal(InstanceHealth.Ok, fixture["behind"].Health);
    }

    /// <summary>A leftover of a dead engine may look fresh, or from the future: it never changes, while engines write every second.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(HourMs)]
    public void Schedule_LeftoverThatLooksFresh_IsOutTenSecondsAfterItsFirstSighting(long timestampOffMs)
    {
        InstanceReading alive = Readings.Of("alive");
        InstanceReading dead = Readings.Of("dead", status: s => s with { TimestampMs = s.TimestampMs + timestampOffMs });
        SchedulerFixture fixture = new SchedulerFixture().With(alive, dead);
        fixture.Time.Advance(TimeSpan.FromSeconds(9));
        alive = alive.Later(9_000);
        fixture.Update(alive);
        Assert.Equal(InstanceHealth.Ok, fixture["dead"].Health);

        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        fixture.Update(alive.Later(1_000));
        Assert.Equal((InstanceHealth.Ok, InstanceHealth.Stale), (fixture["alive"].Health, fixture["dead"].Health));
        fixture.Update(dead.Later());
        Assert.Equal(InstanceHealth.Ok, fixture["dead"].Health);
    }

    [Fact]
    public void Schedule_EngineThatChangedOnce_HasTheWholeLimit()
    {
        InstanceReading a = Readings.Of("a");
        SchedulerFixture fixture = new SchedulerFixture().With(a, Readings.Of("b"));
        fixture.Update(a.Later());
        fixture.Time.Advance(StalenessLimit);
        fixture.Update(Readings.Of("b").Later());
        Assert.Equal(InstanceHealth.Ok, fixture["a"].Health);
    }

    [Theory]
    [InlineData(-HourMs)]
    [InlineData(HourMs)]
    public void Predictions_OurOwnClockIsSet_AreThoseOfBefore(long byMs)
    {
        SchedulerFixture fixture = Predicting(out InstanceReading a);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(50));
        double before = fixture["a"].Load.AllPrefillsTokens;
        fixture.Time.SetWallClock(TimeSpan.FromMilliseconds(byMs));
        Assert.Equal(before, fixture["a"].Load.AllPrefillsTokens);
        fixture.Update(a.Later(50, s => s with { UncomputedTokensAllWaitingPrefills = 1000 }));
        Assert.Equal(1000, fixture["a"].Load.AllPrefillsTokens);
    }

    /// <summary>1,000 tokens wait, a step of 100 takes 10 ms. Whatever the engine's clock does, it never looks as if more than a second had passed.</summary>
    [Theory]
    [InlineData(-HourMs)]
    [InlineData(HourMs)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Predictions_EngineClockIsSet_BacklogStillCounts(long toMs)
    {
        SchedulerFixture fixture = Predicting(out InstanceReading a);
        for (int i = 0; i < 5; i++)
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
            a = a.Later(100, s => s with { UncomputedTokensAllWaitingPrefills = 100_000 });
            InstanceReading set = a with
            {
                Status = a.Status with { TimestampMs = toMs is HourMs or (-HourMs) ? a.Status.TimestampMs + toMs : toMs },
            };
            fixture.Update(i == 0 ? a : set);
            Assert.InRange(fixture["a"].Load.AllPrefillsTokens, 88_000, 100_000);
        }

        Assert.Equal(100_000, fixture["a"].Load.AllPrefillsTokens);
    }

    /// <summary>Whatever timestamps say, a status counts as written between a second before the previous one's arrival and its own.</summary>
    [Fact]
    public void Arrive_AnyTimestamps_AgeIsWhatOurClockVouchesFor() => Gen.Select(
        Gen.OneOf(Gen.Long, Gen.Long[Readings.StartMs - 10_000, Readings.StartMs + 10_000]), Gen.Double[0, 5000]).Array[1, 200].Sample(statuses =>
        {
            InstanceReading reading = Readings.Of("a");
            var instance = new FullModeInstance(reading.Metadata, reading.Status);
            double nowMs = Readings.StartMs;
            double written = 0;
            foreach ((long timestampMs, double afterMs) in statuses)
            {
                nowMs += afterMs;
                instance.Arrive(timestampMs, nowMs);
                double age = instance.StatusAgeMs(nowMs);
                Assert.InRange(age, 0, afterMs + 1001);
                Assert.True(instance.WrittenMs >= written);
                written = instance.WrittenMs;
            }
        });

    private static SchedulerFixture Predicting(out InstanceReading reading)
    {
        reading = Readings.Of(
            "a",
            metadata: m => m with { MaxNumBatchedTokens = 100 },
            status: s => s with { ProfilingId = 1, ScheduledPrefillTokens = 100, StepDurationMs = 10, UncomputedTokensAllWaitingPrefills = 1000 });
        SchedulerFixture fixture = new SchedulerFixture(settings: new FullModeOptions { PrefillProgress = new PrefillProgressOptions { IsEnabled = true, WarmupSamples = 1 } }).With(reading);
        reading = reading.Later(0, s => s with { ProfilingId = 2 });
        fixture.Update(reading);
        return fixture;
    }
}
