using CsCheck;
using Llumnix.Cli.Reports;

namespace Llumnix.Cli.Tests.Reports;

public sealed class TimelineReducerTests
{
    [Fact]
    public void Reduce_AnySamples_EveryOneIsInOneOfAtMostSoManyGroups() =>
        Gen.Select(Gen.Int[0, 3000], Gen.Int[1, 200]).Sample((samples, intervals) =>
        {
            (int From, int To)[] groups = TimelineReducer.Reduce(samples, intervals, static (from, to) => (from, to));
            Assert.InRange(groups.Length, 0, intervals);
            Assert.Equal(Enumerable.Range(0, samples), groups.SelectMany(static group => Enumerable.Range(group.From, group.To - group.From)));
            Assert.All(groups, static group => Assert.True(group.To > group.From));
        });

    [Fact]
    public void Fit_AnyReport_AtLeastOneEngineAndFewCells() =>
        Gen.Select(Gen.Int[1, 2000], Gen.Int[1, 2000]).Sample((runs, engines) =>
        {
            (int intervals, int shown) = TimelineReducer.Fit(runs, engines);
            Assert.InRange(intervals, 40, 160);
            Assert.InRange(shown, 1, engines);
            Assert.True(shown == 1 || (long)runs * shown * intervals <= 100_000);
        });
}
