using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Time.Testing;
using static Llumnix.Scheduling.Tests.Rescheduling.PlannerFixture;

namespace Llumnix.Scheduling.Tests.Rescheduling;

/// <summary>a is to give requests to b, by each of three policies.</summary>
public sealed class RestingInstancesTests
{
    private static readonly PlannerOptions Balancing = new() { Policies = ["decode_load"], Decode = new LoadCriterion("kv_cache_usage_ratio_projected", 0.5) };
    private static readonly PlannerOptions Packing = new() { Policies = ["binpacking_mitigation"] };
    private static readonly PlannerOptions Emptying = new() { Policies = ["decode_failover"] };

    private readonly FakeTimeProvider _time = new();
    private readonly RestingInstances _resting;
    private readonly FullModeInstance _a = Instance("a", used: 900, batch: 12);
    private readonly FullModeInstance _b = Instance("b", used: 100, batch: 1);

    public RestingInstancesTests() => _resting = new RestingInstances(_time);

    [Fact]
    public void Plan_OneStatusForEver_OneMigration()
    {
        foreach (PlannerOptions settings in (ReadOnlySpan<PlannerOptions>)[Balancing, Packing])
        {
            int migrations = 0;
            for (int cycle = 0; cycle < 25; cycle++)
            {
                migrations += Cycle(settings);
                _time.Advance(TimeSpan.FromMilliseconds(108));
            }

            Assert.Equal(1, migrations);
            Report(_a, _b);
            Report(_a, _b);
        }
    }

    /// <summary>The first status may have been on its way when the answer came.</summary>
    [Fact]
    public void Plan_LoadBalance_RestsUntilBothHaveReportedTwice()
    {
        Assert.Equal(1, Cycle(Balancing));
        Report(_a, _b);
        Assert.Equal(0, Cycle(Balancing));
        Report(_a);
        Assert.Equal(0, Cycle(Balancing));
        Report(_b);
        Assert.Equal(1, Cycle(Balancing));
    }

    [Fact]
    public void Plan_BinPacking_RestsUntilBothHaveReported()
    {
        Assert.Equal(1, Cycle(Packing));
        Report(_b);
        Assert.Equal(0, Cycle(Packing));
        Report(_a);
        Assert.Equal(1, Cycle(Packing));
    }

    [Fact]
    public void Plan_SourceFails_RestsUntilItReportsOrForFiveSeconds()
    {
        _a.Health = InstanceHealth.Unschedulable;
        Assert.Equal(1, Cycle(Emptying));
        Assert.Equal(0, Cycle(Emptying));
        Report(_a);
        Assert.Equal(1, Cycle(Emptying));
        _time.Advance(RestingInstances.LongestRestOfFailing - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, Cycle(Emptying));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, Cycle(Emptying));
    }

    /// <summary>A destination that rests takes what must leave a failing one: there may be no other.</summary>
    [Fact]
    public void Plan_DestinationRests_IsStillOneForThoseThatFail()
    {
        Assert.Equal(1, Cycle(Packing));
        FullModeInstance failing = Instance("c", health: InstanceHealth.Stale);
        Assert.Equal(["c>b"], Show(Plan(Emptying, new([_b, failing]), _resting)));
    }

    [Theory]
    [InlineData(2, "ip-a")]
    [InlineData(1, "elsewhere")]
    public void Plan_Restarted_DoesNotRest(double utcCreate, string ip)
    {
        Assert.Equal(1, Cycle(Packing));
        Report(_b);
        _a.Describe(_a.Metadata with { UtcCreate = utcCreate, Ip = ip }, _a.Address);
        Assert.Equal(1, Cycle(Packing));
    }

    [Fact]
    public void Plan_InstancesLeaveOrHaveRested_AreForgotten()
    {
        Cycle(Packing);
        Assert.Equal(2, _resting.Count);
        Plan(Packing, new([_a]), _resting);
        Assert.Equal(1, _resting.Count);
        Report(_a);
        Report(_a);
        Plan(Packing, new([_a]), _resting);
        Assert.Equal(0, _resting.Count);
    }

    /// <summary>Through the scheduler's view: it is the reading that counts, whatever clock the engine has.</summary>
    [Fact]
    public void Plan_CapturedFromAScheduler_StatusesEndTheRest()
    {
        InstanceReading a = Readings.Of("a", InferType.Decode, status: Busy(90_000)), b = Readings.Of("b", InferType.Decode, status: Busy(1_000));
        SchedulerFixture fixture = new SchedulerFixture().With(a, b);
        var resting = new RestingInstances(fixture.Time);
        int Captured()
        {
            ReschedulingPlan plan = Plan(Balancing, fixture.Scheduler.CaptureForRescheduling(), resting);
            plan.Pairs.ToList().ForEach(resting.OnAnswered);
            fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
            return plan.Pairs.Count;
        }

        Assert.Equal(1, Captured());
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(0, Captured());
            fixture.Update(a = a.Later());
            fixture.Update(b = b.Later());
        }

        Assert.Equal(1, Captured());
    }

    private static Func<InstanceStatus, InstanceStatus> Busy(int used) => status => status with { UsedGpuTokens = used, RunningRequestCount = 50 };

    private int Cycle(PlannerOptions settings)
    {
        ReschedulingPlan plan = Plan(settings, new([_a, _b]), _resting);
        plan.Pairs.ToList().ForEach(_resting.OnAnswered);
        return plan.Pairs.Count;
    }

    private void Report(params FullModeInstance[] instances)
    {
        _time.Advance(TimeSpan.FromMilliseconds(10));
        Array.ForEach(instances, instance => instance.Advance(_time.GetTimestamp()));
    }
}
