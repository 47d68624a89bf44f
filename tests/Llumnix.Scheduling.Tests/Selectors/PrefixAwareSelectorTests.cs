using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Selectors;
using Llumnix.Scheduling.Tests.Pipeline;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Selectors;

/// <summary>Where hits are known, the first candidate is picked here; where not, the one with the lowest load, which is the second.</summary>
public sealed class PrefixAwareSelectorTests
{
    private const int PromptTokens = 100;
    private static readonly TopKSelector<FullModeInstance> ByLoad = new([new WaitingRequests()], 1);

    [Fact]
    public void Select_HitsAreKnown_ByTheOneSelector() =>
        Assert.Equal("a", Pick(new StoredPrefixHits(new Dictionary<string, int> { ["kvs-b"] = PromptTokens / 2 })));

    [Fact]
    public void Select_KnownThatNoHostHoldsAnything_ByTheSame() => Assert.Equal("a", Pick(new StoredPrefixHits(new Dictionary<string, int>())));

    [Fact]
    public void Select_NothingIsKnown_ByTheOther() => Assert.Equal("b", Pick(null));

    [Fact]
    public void Metrics_OfBoth_EachOnce() => Assert.Equal(
        [new KvCacheHitLength(), new WaitingRequests()],
        new PrefixAwareSelector<FullModeInstance>(
            new TopKSelector<FullModeInstance>([new KvCacheHitLength(), new WaitingRequests()], 1), ByLoad).Metrics);

    private static string? Pick(PrefixHits? hits) =>
        new DecisionFixture(Readings.Of("a", status: s => s with { WaitingRequestCount = 1 }), Readings.Of("b"))
            .Pick(new PrefixAwareSelector<FullModeInstance>(new RecordingSelector(), ByLoad), new RequestFacts(PromptTokens, hits)).Id;
}
