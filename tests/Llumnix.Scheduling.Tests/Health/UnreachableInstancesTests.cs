using CsCheck;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Health;

/// <summary>Instances whose statuses stop, and what probes of them change.</summary>
public sealed class UnreachableInstancesTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    [Fact]
    public void FindSilent_StatusChangesOrHasStopped_OnlyTheOneThatHasStopped()
    {
        SchedulerFixture fixture = Fleet(2, out InstanceReading[] readings);
        Assert.Empty(fixture.Scheduler.FindSilent(Silence));

        AdvanceAllBut(fixture, readings, silent: 1);

        Assert.Equal(["i0"], fixture.Scheduler.FindSilent(Silence).Select(static silent => silent.Address.InstanceId));
    }

    [Fact]
    public void FindSilent_OutForAnotherReason_IsNotProbed()
    {
        SchedulerFixture fixture = Fleet(3, out InstanceReading[] readings);
        readings[0] = readings[0].Later(status: static s => s with { Schedulable = false });
        fixture.With(readings);
        fixture.Time.Advance(TimeSpan.FromSeconds(61));
        readings[2] = readings[2].Later();
        fixture.With(readings);
        fixture.Time.Advance(Silence);

        Assert.Equal(["i2"], fixture.Scheduler.FindSilent(Silence).Select(static silent => silent.Address.InstanceId));
    }

    [Fact]
    public void Schedule_UnreachableInstance_GetsNothingUntilAProbeIsAnswered()
    {
        SchedulerFixture fixture = Fleet(5, out InstanceReading[] readings);
        AdvanceAllBut(fixture, readings, silent: 1);
        SilentInstance dead = Assert.Single(fixture.Scheduler.FindSilent(Silence));

        fixture.Scheduler.TakeProbe(dead, isReachable: false);

        Assert.Equal(InstanceHealth.Unreachable, fixture["i0"].Health);
        Assert.DoesNotContain("i0", Placed(fixture));
        RoleExplanation role = Assert.Single(fixture.Scheduler.Explain(new PlacementRequest("e", SchedulingMode.Neutral, default, 1, null)));
        Assert.Equal("unreachable", role.Candidates.Single(static candidate => candidate.InstanceId == "i0").DroppedBy);

        fixture.Scheduler.TakeProbe(Assert.Single(fixture.Scheduler.FindSilent(Silence)), isReachable: true);
        Assert.Equal(InstanceHealth.Ok, fixture["i0"].Health);
    }

    [Fact]
    public void Synchronize_StatusOfAnUnreachableInstanceChanges_IsBackAtOnce()
    {
        SchedulerFixture fixture = Fleet(5, out InstanceReading[] readings);
        AdvanceAllBut(fixture, readings, silent: 1);
        SilentInstance dead = Assert.Single(fixture.Scheduler.FindSilent(Silence));
        fixture.Scheduler.TakeProbe(dead, isReachable: false);
        Assert.Equal(InstanceHealth.Unreachable, fixture["i0"].Health);

        fixture.Update(readings[0].Later());
        Assert.Equal(InstanceHealth.Ok, fixture["i0"].Health);

        fixture.Scheduler.TakeProbe(dead, isReachable: false);
        Assert.Equal(InstanceHealth.Ok, fixture["i0"].Health);
    }

    [Fact]
    public void TakeProbe_InstanceHasLeft_NothingChanges()
    {
        SchedulerFixture fixture = Fleet(3, out InstanceReading[] readings);
        AdvanceAllBut(fixture, readings, silent: 1);
        SilentInstance dead = Assert.Single(fixture.Scheduler.FindSilent(Silence));
        fixture.With(readings[1..]);

        fixture.Scheduler.TakeProbe(dead, isReachable: false);

        Assert.Equal(2, fixture.Scheduler.Snapshot().Instances.Count(static instance => instance.Health == InstanceHealth.Ok));
    }

    /// <summary>As many as the share are out, those that were found first. A place that becomes free is taken by the next one.</summary>
    [Fact]
    public void TakeProbe_MoreThanTheShare_TheFirstOnesAreOutAndTheNextFollow()
    {
        SchedulerFixture fixture = Fleet(10, out InstanceReading[] readings);
        AdvanceAllBut(fixture, readings, silent: 5);
        foreach (SilentInstance dead in fixture.Scheduler.FindSilent(Silence))
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
            fixture.Scheduler.TakeProbe(dead, isReachable: false);
        }

        Assert.Equal(["i0", "i1", "i2"], Unreachable(fixture));
        Assert.Equal(5, fixture.Scheduler.Snapshot().Instances.Count(static instance => instance.IsUnreachable));

        fixture.Update(readings[1].Later());
        Assert.Equal(["i0", "i2", "i3"], Unreachable(fixture));
    }

    /// <summary>All statuses stop at once, and nothing answers: the fault is on the scheduler's side, or there is nothing left to choose.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void TakeProbe_EveryInstanceIsUnreachable_NoneIsOut(int count)
    {
        SchedulerFixture fixture = Fleet(count, out _);
        fixture.Time.Advance(Silence);
        foreach (SilentInstance dead in fixture.Scheduler.FindSilent(Silence))
        {
            fixture.Scheduler.TakeProbe(dead, isReachable: false);
        }

        Assert.Empty(Unreachable(fixture));
        Assert.Equal(ScheduleOutcome.Placed, fixture.Neutral("r", out _));
    }

    /// <summary>Its failover domain follows when it is stale, as for any other silent instance.</summary>
    [Fact]
    public void Refresh_UnreachableInstanceBecomesStale_OnlyThenItsDomainIsOut()
    {
        SchedulerFixture fixture = Fleet(4, out InstanceReading[] readings, FailoverDomain.Node, static (i, m) => m with { NodeId = $"n{i / 2}" });
        AdvanceAllBut(fixture, readings, silent: 1);
        fixture.Scheduler.TakeProbe(Assert.Single(fixture.Scheduler.FindSilent(Silence)), isReachable: false);
        Assert.Equal((InstanceHealth.Unreachable, InstanceHealth.Ok), (fixture["i0"].Health, fixture["i1"].Health));

        fixture.Time.Advance(TimeSpan.FromSeconds(60));
        AdvanceAllBut(fixture, readings, silent: 1);
        Assert.Equal((InstanceHealth.Stale, InstanceHealth.Failover), (fixture["i0"].Health, fixture["i1"].Health));
    }

    [Fact]
    public void Apply_AnyFleet_NeverMoreThanTheShareAndNeverAll() => Gen.Select(Gen.Int[1, 30], Gen.Int[0, 30], Gen.Int[1, 100]).Sample((count, silent, percent) =>
    {
        SchedulerFixture fixture = Fleet(count, out InstanceReading[] readings, maxPercent: percent);
        silent = Math.Min(silent, count);
        AdvanceAllBut(fixture, readings, silent);
        foreach (SilentInstance dead in fixture.Scheduler.FindSilent(Silence))
        {
            fixture.Scheduler.TakeProbe(dead, isReachable: false);
        }

        int expected = silent == count ? 0 : Math.Min(silent, Math.Max(1, count * percent / 100));
        Assert.Equal(expected, Unreachable(fixture).Length);
    });

    private static SchedulerFixture Fleet(
        int count,
        out InstanceReading[] readings,
        FailoverDomain domain = FailoverDomain.Instance,
        Func<int, InstanceMetadata, InstanceMetadata>? metadata = null,
        int maxPercent = 30)
    {
        readings = [.. Enumerable.Range(0, count).Select(i => Readings.Of($"i{i}", metadata: m => metadata?.Invoke(i, m) ?? m))];
        var failover = new FailoverOptions { Domain = FailoverDomainNames.All[(int)domain], MaxUnreachablePercent = maxPercent };
        SchedulerFixture fixture = new SchedulerFixture(settings: new FullModeOptions { Failover = failover }).With(readings);
        readings = [.. readings.Select(static reading => reading.Later())];
        return fixture.With(readings);
    }

    /// <summary>Time passes, and the statuses of all but the first ones change.</summary>
    private static void AdvanceAllBut(SchedulerFixture fixture, InstanceReading[] readings, int silent)
    {
        fixture.Time.Advance(Silence);
        for (int i = silent; i < readings.Length; i++)
        {
            readings[i] = readings[i].Later(3000);
        }

        fixture.With(readings);
    }

    private static IEnumerable<string?> Placed(SchedulerFixture fixture) => Enumerable.Range(0, 100).Select(i => fixture.Neutral($"r{i}"));

    private static string[] Unreachable(SchedulerFixture fixture) =>
        [.. fixture.Scheduler.Snapshot().Instances.Where(static i => i.Health == InstanceHealth.Unreachable).Select(static i => i.Metadata.InstanceId)];
}
