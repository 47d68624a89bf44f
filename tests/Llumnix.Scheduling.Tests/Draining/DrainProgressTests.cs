using CsCheck;
using Llumnix.Scheduling.Draining;

namespace Llumnix.Scheduling.Tests.Draining;

public sealed class DrainProgressTests
{
    [Fact]
    public void EmptyIn_NoneHasLeft_IsNotKnown()
    {
        var progress = new DrainProgress(0);
        progress.Observe(new DrainWork(60, 0), 0);
        Assert.Null(progress.EmptyIn(100));
    }

    [Fact]
    public void EmptyIn_Empty_IsNow()
    {
        var progress = new DrainProgress(0);
        progress.Observe(default, 0);
        Assert.Equal(0, progress.EmptyIn(100));
        Assert.Equal(0, progress.NothingSince);
    }

    [Fact]
    public void EmptyIn_SteadyDepartures_IsExact() =>
        Gen.Select(Gen.Int[20, 2000], Gen.Int[1, 1000]).Sample((requests, interval) =>
        {
            var progress = new DrainProgress(0);
            for (int gone = 0; gone < requests; gone++)
            {
                long now = (long)gone * interval;
                progress.Observe(new DrainWork(requests - gone, 0), now);
                if (progress.EmptyIn(now) is { } estimate)
                {
                    Assert.Equal((double)(requests - gone) * interval, estimate, tolerance: 1e-6 * requests * interval);
                }
            }
        });

    [Fact]
    public void EmptyIn_NothingLeavesAnyMore_Grows()
    {
        var progress = new DrainProgress(0);
        for (int gone = 0; gone <= 30; gone++)
        {
            progress.Observe(new DrainWork(60 - gone, 0), gone);
        }

        Assert.Equal(30, progress.EmptyIn(30));
        Assert.Equal(53.0 * 30 / 23, progress.EmptyIn(60)!.Value, tolerance: 1e-9);
    }

    [Fact]
    public void Observe_MoreComeAfterTheBeginning_CountFromThere()
    {
        var progress = new DrainProgress(0);
        progress.Observe(new DrainWork(2, 0), 0);
        progress.Observe(new DrainWork(1, 0), 1);
        progress.Observe(new DrainWork(60, 0), 2);
        Assert.Equal(60, progress.AtStart);
        Assert.Null(progress.EmptyIn(3));
    }
}
