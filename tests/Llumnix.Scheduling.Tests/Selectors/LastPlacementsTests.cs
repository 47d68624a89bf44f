using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Selectors;
using Llumnix.Scheduling.Tests.Pipeline;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Selectors;

public sealed class LastPlacementsTests
{
    [Fact]
    public void Of_Roles_EachHasItsOwnLast()
    {
        var fleet = new DecisionFixture(Readings.Of("a"), Readings.Of("b"));
        var last = new LastPlacements<FullModeInstance>();
        last.OnPlaced(fleet["a"], InferType.Prefill, default, isLate: false);
        last.OnPlaced(fleet["b"], InferType.Prefill, default, isLate: false);
        last.OnPlaced(fleet["a"], InferType.Decode, default, isLate: false);
        Assert.Null(last.Of(InferType.Neutral));
        Assert.Equal("b", last.Of(InferType.Prefill)!.Id);
        Assert.Equal("a", last.Of(InferType.Decode)!.Id);
    }
}
