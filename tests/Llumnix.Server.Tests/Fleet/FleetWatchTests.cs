using Llumnix.Scheduling.Instances;
using Llumnix.Server.Fleet;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Fleet;

public sealed class FleetWatchTests
{
    private readonly RecordingLogger<FleetWatch> _log = new();
    private readonly FleetWatch _watch;
    private IReadOnlyList<InstanceState> _fleet = [];

    public FleetWatchTests() => _watch = new FleetWatch(() => _fleet, new FakeTimeProvider(), _log);

    [Fact]
    public void Look_InstanceJoinsGoesOutComesBackAndLeaves_OneLineEach()
    {
        Assert.Equal(["Instance a (10.0.0.1:8000) joined"], Look(Of("a")));
        Assert.Empty(Look(Of("a")));
        Assert.Equal(
            ["Instance a (10.0.0.1:8000) will get no requests: nothing answers at the address"],
            Look(Of("a", InstanceHealth.Unreachable)));
        Assert.Equal(
            ["Instance a (10.0.0.1:8000) will get no requests: the status has not changed for longer than --instance-staleness-seconds allows"],
            Look(Of("a", InstanceHealth.Stale)));
        Assert.Empty(Look(Of("a", InstanceHealth.Stale)));
        Assert.Equal(["Instance a (10.0.0.1:8000) may get requests again"], Look(Of("a")));
        Assert.Equal(["Instance a (10.0.0.1:8000) left"], Look());
    }

    [Theory]
    [InlineData(InstanceHealth.Unschedulable, false, "will get no requests: not schedulable")]
    [InlineData(InstanceHealth.Failover, false, "will get no requests: another instance")]
    [InlineData(InstanceHealth.Ok, true, "may still get requests although nothing answers at the address: no more may be out (--max-unreachable-percent)")]
    public void Look_OtherConditions_NamedToo(InstanceHealth health, bool isUnreachable, string expected)
    {
        Look(Of("a"), Of("b"));
        Assert.Contains(expected, Assert.Single(Look(Of("a", health, isUnreachable), Of("b"))), StringComparison.Ordinal);
    }

    /// <summary>Engines that are dead are no more alive because the last one has died, too.</summary>
    [Fact]
    public void Look_LastOneThatAnswersDies_NoneIsCalledBack()
    {
        Look(Of("a"), Of("b", InstanceHealth.Unreachable, isUnreachable: true));
        Assert.Equal(
            [
                "Instance a (10.0.0.1:8000) may still get requests although nothing answers at the address: no instance answers",
                "Instance b (10.0.0.1:8000) may still get requests although nothing answers at the address: no instance answers",
            ],
            Look(Of("a", isUnreachable: true), Of("b", isUnreachable: true)));
    }

    /// <summary>Requests go on to them: the process is ready, with a warning. Once none is tried any more, the reason why it is not ready tells.</summary>
    [Fact]
    public void FindWarning_NoneAnswersAndRequestsAreStillPlaced_SaysSo()
    {
        Assert.Null(_watch.FindWarning());
        Look(Of("a"), Of("b", InstanceHealth.Unreachable, isUnreachable: true));
        Assert.Null(_watch.FindWarning());
        Look(Of("a", isUnreachable: true), Of("b", InstanceHealth.Stale, isUnreachable: true));
        Assert.Equal("nothing answers at the address of any instance; requests are still placed there", _watch.FindWarning());
        Look(Of("a", InstanceHealth.Stale, isUnreachable: true), Of("b", InstanceHealth.Stale, isUnreachable: true));
        Assert.Null(_watch.FindWarning());
        Look();
        Assert.Null(_watch.FindWarning());
    }

    /// <summary>Where statuses are read of engines that cannot be reached, all of them are stale in the end, and get requests nevertheless.</summary>
    [Fact]
    public void Look_StaleOnesThatNothingAnswersFor_ToldAsUnreachable()
    {
        Look(Of("a"), Of("b"));
        InstanceState dead = Of("a", InstanceHealth.Stale, isUnreachable: true);
        Assert.Equal(["Instance a (10.0.0.1:8000) will get no requests: nothing answers at the address"], Look(dead, Of("b")));
        Assert.EndsWith("although nothing answers at the address: no instance answers", Look(dead with { IsLastResort = true }, Of("b", isUnreachable: true))[0], StringComparison.Ordinal);
        Assert.Empty(Look(dead with { IsLastResort = true }, Of("b", InstanceHealth.Stale, isUnreachable: true) with { IsLastResort = true }));
    }

    [Fact]
    public void Look_AllAreStaleAndKept_NoneIsSaidToGetNoRequests()
    {
        Look(Of("a"));
        Assert.Equal(
            ["Instance a (10.0.0.1:8000) may still get requests although the status has not changed for longer than --instance-staleness-seconds allows: no other instance is better"],
            Look(Of("a", InstanceHealth.Stale) with { IsLastResort = true }));
    }

    [Fact]
    public void Look_NoneCanBeReachedAndThereIsASentenceForIt_LoggedOnceInPlaceOfALineOfEach()
    {
        var watch = new FleetWatch(() => _fleet, new FakeTimeProvider(), _log, findNoneReachable: static () => "no engine can be reached: a");
        Assert.Equal(["Instance a (10.0.0.1:8000) joined", "Instance b (10.0.0.1:8000) joined"], Look(watch, Of("a"), Of("b")));
        Assert.Equal(["No engine can be reached: a"], Look(watch, Of("a", isUnreachable: true), Of("b", isUnreachable: true)));
        Assert.Empty(Look(watch, Of("a", InstanceHealth.Stale, isUnreachable: true) with { IsLastResort = true }, Of("b", isUnreachable: true)));
        Assert.Equal(2, Look(watch, Of("a"), Of("b", InstanceHealth.Unreachable, isUnreachable: true)).Length);
        Assert.Equal(["No engine can be reached: a"], Look(watch, Of("a", isUnreachable: true), Of("b", isUnreachable: true)));
    }

    /// <summary>The only instance dies while it is drained, about which there is no line; it gets requests when the drain is undone.</summary>
    [Fact]
    public void Look_NoneCanBeReachedAfterADrainIsUndone_IsLoggedThen()
    {
        var watch = new FleetWatch(() => _fleet, new FakeTimeProvider(), _log, findNoneReachable: static () => "no engine can be reached: a");
        Look(watch, Of("a"));
        Assert.Empty(Look(watch, Of("a", InstanceHealth.Draining, isUnreachable: true)));
        Assert.Equal(["No engine can be reached: a"], Look(watch, Of("a", isUnreachable: true)));
    }

    [Fact]
    public void Look_AnotherComesThatCannotBeReachedEither_HasALineOfItsOwn()
    {
        var watch = new FleetWatch(() => _fleet, new FakeTimeProvider(), _log, findNoneReachable: static () => "no engine can be reached: a");
        Look(watch, Of("a", isUnreachable: true));
        Assert.Equal(
            ["Instance b (10.0.0.1:8000) joined", "Instance b (10.0.0.1:8000) may still get requests although nothing answers at the address: no instance answers"],
            Look(watch, Of("a", isUnreachable: true), Of("b", isUnreachable: true)));
    }

    /// <summary>It still gets no requests: neither that it may nor that it is kept is true.</summary>
    [Fact]
    public void Look_UnreachableInstanceIsDrained_NoLine()
    {
        Look(Of("a", InstanceHealth.Unreachable, isUnreachable: true));
        Assert.Empty(Look(Of("a", InstanceHealth.Draining, isUnreachable: true)));
        Assert.Empty(Look(Of("a", InstanceHealth.Unreachable, isUnreachable: true)));
        Assert.Equal(["Instance a (10.0.0.1:8000) may get requests again"], Look(Of("a")));
    }

    [Fact]
    public void Look_ManyAtOnce_OneLineWithTheCount()
    {
        InstanceState[] many = [.. Enumerable.Range(0, 1000).Select(static i => Of($"i{i}"))];
        Assert.Equal(["1000 instances, such as i0 (10.0.0.1:8000), i1 (10.0.0.1:8000), i2 (10.0.0.1:8000), joined"], Look(many));
        Assert.Equal(2, Look(many[2..]).Length);
        Assert.StartsWith("998 instances, ", Assert.Single(Look()), StringComparison.Ordinal);
    }

    private static InstanceState Of(string id, InstanceHealth health = InstanceHealth.Ok, bool isUnreachable = false) =>
        new(new InstanceAddress { InstanceId = id, WireId = id, Host = "10.0.0.1", Port = 8000 }, health, isUnreachable);

    private string[] Look(params InstanceState[] fleet) => Look(_watch, fleet);

    private string[] Look(FleetWatch watch, params InstanceState[] fleet)
    {
        int before = _log.Lines.Count;
        _fleet = fleet;
        watch.Look();
        return [.. _log.Lines.Skip(before).Select(static line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
    }
}
