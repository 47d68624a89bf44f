using Llumnix.Deploy.Tests.Documents;
using Llumnix.Samples.Extension;
using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Deploy.Tests.Extending;

/// <summary>The code of docs/extending.md: it is that of samples/, it compiles, and it does what the text says.</summary>
public sealed class ExtendingTests
{
    [Theory]
    [InlineData("Extension/RunningRequests")]
    [InlineData("Extension/LongPromptFilter")]
    [InlineData("Extension/IdleInstance")]
    [InlineData("Extension/LongPromptsApartPolicy")]
    [InlineData("Extension/EvenKvUsagePolicy")]
    [InlineData("Extension/SampleExtension")]
    [InlineData("EmbeddedScheduler/Program")]
    [InlineData("EmbeddedScheduler/RequestsPerCapacity")]
    [InlineData("YarpProxy/Program")]
    public void Document_HasTheWholeFileVerbatim(string name)
    {
        string file = Checkout.Read($"samples/{name}.cs").TrimEnd();
        Assert.Contains(file, CodeBlock.ReadAll("docs/extending.md", "csharp").Select(block => block.Text.TrimEnd()));
    }

    /// <summary>Every other block is a line of a file that the text names: that line's neighbours must be there.</summary>
    [Theory]
    [InlineData("src/Llumnix.Scheduling/Metrics/FullModeMetrics.cs", "new WaitingRequests(),")]
    [InlineData("src/Llumnix.Scheduling/Policies/FullModePolicies.cs", "[\"round-robin\"] = BuiltInPolicies.RoundRobin,")]
    [InlineData("src/Llumnix.Scheduling/AdaptivePd/AdaptivePdChoices.cs", "new PackDecode(_targets, _metrics, _placesToGrow),")]
    [InlineData(
        "src/Llumnix.Scheduling/Policies/ReschedulingPolicies.cs",
        "(\"neutral_failover\", static (name, _, _, _) => new FailoverPolicy(name, InferType.Neutral)),")]
    public void Document_NamesPlacesThatThereAre(string file, string neighbour)
    {
        Assert.Contains(neighbour, Checkout.Read(file), StringComparison.Ordinal);
        string document = Checkout.Read("docs/extending.md");
        Assert.Contains(file, document, StringComparison.Ordinal);
        Assert.Contains(neighbour, document, StringComparison.Ordinal);
    }

    [Fact]
    public void Policy_LongPrompt_AvoidsTheInstanceThatRunsMany()
    {
        FullModeScheduler scheduler = Make(
            Readings.Of("a", status: s => s with { RunningRequestCount = 20 }),
            Readings.Of("b", status: s => s with { RunningRequestCount = 1, UncomputedTokensAllWaitingPrefills = 1000 }));
        Assert.Equal("a", Place(scheduler, "short", 100));
        Assert.Equal("b", Place(scheduler, "long", 10_000));
    }

    [Fact]
    public void Policy_EveryInstanceRunsMany_LongPromptsAreStillPlaced()
    {
        FullModeScheduler scheduler = Make(Readings.Of("a", status: s => s with { RunningRequestCount = 20 }));
        Assert.Equal("a", Place(scheduler, "long", 10_000));
    }

    [Fact]
    public void Row_InstanceIsIdle_IsPickedBeforeTheLeastLoaded()
    {
        FullModeScheduler scheduler = Make(
            Readings.Of("a", status: s => s with { RunningRequestCount = 1 }), Readings.Of("b", status: s => s with { UncomputedTokensAllWaitingPrefills = 10 }));
        Assert.Equal("b", Place(scheduler, "first", 100));
        Assert.Equal("a", Place(scheduler, "second", 100));
    }

    [Theory]
    [InlineData(0.3, new[] { "full>empty" })]
    [InlineData(0.9, new string[0])]
    public void ReschedulingPolicy_Planned_MovesFromTheFullestToTheEmptiest(double limit, string[] expected)
    {
        FullModeScheduler scheduler = Make(
            Readings.Of("full", status: s => s with { UsedGpuTokens = 80_000, RunningRequestCount = 4 }),
            Readings.Of("half", status: s => s with { UsedGpuTokens = 50_000, RunningRequestCount = 2 }),
            Readings.Of("empty", status: s => s with { UsedGpuTokens = 10_000, RunningRequestCount = 1 }));
        ReschedulingPlan plan = new ReschedulingPlanner([new EvenKvUsagePolicy("even_kv_usage", limit)]).Plan(scheduler.CaptureForRescheduling());
        Assert.Equal(expected, plan.Pairs.Select(pair => $"{pair.Source.InstanceId}>{pair.Destination.InstanceId}"));
    }

    private static FullModeScheduler Make(params InstanceReading[] readings)
    {
        var scheduler = new FullModeScheduler(
            new LongPromptsApartPolicy().Build(FullModeMetrics.Catalogue(), new PolicyOptions()), new FullModeOptions(), new FakeTimeProvider(), new Random(1));
        scheduler.SetStoreAvailable(true);
        scheduler.Synchronize(readings);
        return scheduler;
    }

    private static string? Place(FullModeScheduler scheduler, string id, int tokens)
    {
        scheduler.Schedule(new PlacementRequest(id, SchedulingMode.Neutral, default, tokens, null), out Placement placement);
        return placement.First.Instance?.InstanceId;
    }
}
