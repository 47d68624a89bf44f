using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Selectors;
using Llumnix.Scheduling.Tests.Pipeline;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Selectors;

public sealed class RoundRobinSelectorTests
{
    [Theory]
    [InlineData(null, "a")]
    [InlineData("a", "c")]
    [InlineData("c", "e")]
    [InlineData("e", "a")]
    // The last instance has left: its successor by id is next.
    [InlineData("b", "c")]
    [InlineData("f", "a")]
    public void Select_AfterTheLast_NextIdInOrder(string? last, string expected)
    {
        var placements = new LastPlacements<FullModeInstance>();
        if (last is not null)
        {
            placements.OnPlaced(new DecisionFixture(Readings.Of(last))[last], InferType.Neutral, default, isLate: false);
        }

        var fleet = new DecisionFixture(Readings.Of("a"), Readings.Of("c"), Readings.Of("e")) { State = placements };
        Assert.Equal((expected, false), fleet.Pick(new RoundRobinSelector<FullModeInstance>()));
    }
}
