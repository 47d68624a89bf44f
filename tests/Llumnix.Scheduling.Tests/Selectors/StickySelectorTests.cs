using Llumnix.Scheduling.Filters;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Selectors;
using Llumnix.Scheduling.Tests.Pipeline;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Selectors;

public sealed class StickySelectorTests
{
    private const int Threshold = 5;
    private readonly LastPlacements<FullModeInstance> _placements = new();

    [Fact]
    public void Select_FirstRequest_FirstCandidate() => Assert.Equal("a", Pick(Fleet(loadOfB: 0)));

    [Fact]
    public void Select_LastIsACandidate_ItAgain()
    {
        DecisionFixture fleet = Fleet(loadOfB: Threshold - 1);
        _placements.OnPlaced(fleet["b"], InferType.Neutral, default, isLate: false);
        Assert.Equal("b", Pick(fleet));
    }

    [Fact]
    public void Select_LastIsNoCandidate_FirstCandidate()
    {
        DecisionFixture fleet = Fleet(loadOfB: Threshold);
        _placements.OnPlaced(fleet["b"], InferType.Neutral, default, isLate: false);
        Assert.Equal("a", Pick(fleet));
    }

    private DecisionFixture Fleet(int loadOfB) => new(Readings.Of("a"), Readings.Of("b", status: s => s with { WaitingRequestCount = loadOfB }))
    {
        State = _placements,
    };

    private static string? Pick(DecisionFixture fleet) => fleet.Pick(
        new StickySelector<FullModeInstance>(), default, new LoadThresholdFilter<FullModeInstance>(new WaitingRequests(), Threshold)).Id;
}
