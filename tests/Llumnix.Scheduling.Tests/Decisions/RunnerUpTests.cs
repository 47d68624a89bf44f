using CsCheck;
using Llumnix.Scheduling.Decisions;

namespace Llumnix.Scheduling.Tests.Decisions;

/// <summary>The runner-up against a search that is as plain as can be.</summary>
public sealed class RunnerUpTests
{
    /// <summary>Few different values, so that equals are frequent; some candidates have neighbouring slots and some do not.</summary>
    [Fact]
    public void Find_AnyCandidates_IsTheFirstOfTheBestOthers() =>
        (from count in Gen.Int[1, 70]
         from values in Gen.OneOf(Gen.Int[-3, 3].Select(static value => (double)value), Gen.Const(double.PositiveInfinity)).Array[count]
         from isCandidate in Gen.OneOf(Gen.Const(true).Array[count], Gen.Bool.Array[count])
         from pick in Gen.Int[0, count - 1]
         from isHigherBetter in Gen.Bool
         select (values, isCandidate, pick, isHigherBetter)).Sample(static drawn =>
        {
            int[] candidates = [.. Enumerable.Range(0, drawn.values.Length).Where(slot => drawn.isCandidate[slot] || slot == drawn.pick)];
            int[] others = [.. candidates.Where(slot => slot != drawn.pick)];
            int expected = others.Length == 0 ? -1 : others.MinBy(slot => drawn.isHigherBetter ? -drawn.values[slot] : drawn.values[slot]);
            Assert.Equal(expected, RunnerUp.Find(drawn.values, drawn.isHigherBetter, candidates, drawn.pick));
        });

    [Fact]
    public void Find_NoValueIsANumber_IsTheFirstOther() =>
        Assert.Equal(1, RunnerUp.Find([1, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN], isHigherBetter: false, [0, 1, 2, 3, 4, 5], pick: 0));
}
