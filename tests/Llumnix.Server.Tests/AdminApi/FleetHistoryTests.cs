using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Testing;

namespace Llumnix.Server.Tests.AdminApi;

public sealed class FleetHistoryTests
{
    private readonly FleetHistory _history = new();

    [Fact]
    public void Recent_TheNewestSamplesOfEveryInstance()
    {
        _history.Add(Fleet(1_000, ("a", 1)));
        _history.Add(Fleet(3_000, ("a", 2), ("b", 7)));
        FleetRecentAnswer recent = _history.Recent();
        Assert.Equal((2_000, 2), (recent.IntervalMs, recent.Columns.Count));
        Assert.Equal([1_000, 3_000], recent.TimesMs);
        Assert.Equal(["a", "b"], recent.Instances.Select(static instance => instance.Id));
        Assert.Equal([1, 2], recent.Instances[0].Values[0]);
        Assert.Equal([10, 20], recent.Instances[0].Values[1]);
        Assert.Equal([null, 7], recent.Instances[1].Values[0]);
    }

    [Fact]
    public void Left_TakesItsSamplesWithIt_AndBeginsAnew()
    {
        _history.Add(Fleet(1_000, ("a", 1), ("b", 1)));
        _history.Add(Fleet(3_000, ("b", 2)));
        Assert.Null(_history.Of("a"));
        _history.Add(Fleet(5_000, ("a", 3), ("b", 3)));
        Assert.Equal([null, null, 3], _history.Recent().Instances.Single(static instance => instance.Id == "a").Values[0]);
        Assert.Equal([5_000.0, 3.0, 0.0, 30.0, 0.0], Assert.Single(_history.Of("a")!.Samples));
    }

    /// <summary>However long it runs: 45 samples of all, 150 of one, and no memory once every instance has been seen.</summary>
    [Fact]
    public void Bounded_InSamplesAndMemory()
    {
        FleetAnswer fleet = Fleet(0, ("a", 1), ("b", 1));
        _history.Add(fleet);
        long bytes = Allocations.Of(() =>
        {
            for (int i = 1; i <= 400; i++)
            {
                _history.Add(fleet);
            }
        });

        // An enumerator of the list of instances each time.
        Assert.InRange(bytes, 0, 400 * 64);
        Assert.Equal((45, 45, 150), (_history.Recent().TimesMs.Count, _history.Recent().Instances[0].Values[0].Count, _history.Of("a")!.Samples.Count));
    }

    private static FleetAnswer Fleet(long timeMs, params (string Id, int Running)[] instances) => new(
        timeMs, "full", "load-balance", 0, [], [], [], [.. instances.Select(static one => new FleetInstance(
            0, one.Id, "", "neutral", "", "", [], "", "ok", "", false, 0, one.Running, 0, 10 * one.Running, 100, 0, 0, 0, 0, 0, null))]);
}
