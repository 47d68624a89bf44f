using Llumnix.Deploy.Tests.Documents;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Deploy.Tests.Extending;

/// <summary>The code of docs/extending.md: it is the code here, it compiles, and it does what the text says.</summary>
public sealed class ExtendingTests
{
    [Theory]
    [InlineData("RunningRequests")]
    [InlineData("LongPromptFilter")]
    [InlineData("LongPromptsApartPolicy")]
    public void Document_HasTheCodeVerbatim(string name)
    {
        string code = Checkout.Read($"tests/Llumnix.Deploy.Tests/Extending/{name}.cs");
        string type = code[code.IndexOf("/// <summary>", StringComparison.Ordinal)..].TrimEnd();
        Assert.Contains(type, CodeBlock.ReadAll("docs/extending.md", "csharp").Select(block => block.Text.TrimEnd()));
    }

    /// <summary>Every other block is a line of a file that the text names: that line's neighbours must be there.</summary>
    [Theory]
    [InlineData("src/Llumnix.Scheduling/Metrics/FullModeMetrics.cs", "new WaitingRequests(),")]
    [InlineData("src/Llumnix.Scheduling/Policies/FullModePolicies.cs", "[\"round-robin\"] = BuiltInPolicies.RoundRobin,")]
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
            Readings.Of("b", status: s => s with { UncomputedTokensAllWaitingPrefills = 1000 }));
        Assert.Equal("a", Place(scheduler, "short", 100));
        Assert.Equal("b", Place(scheduler, "long", 10_000));
    }

    [Fact]
    public void Policy_EveryInstanceRunsMany_LongPromptsAreStillPlaced()
    {
        FullModeScheduler scheduler = Make(Readings.Of("a", status: s => s with { RunningRequestCount = 20 }));
        Assert.Equal("a", Place(scheduler, "long", 10_000));
    }

    private static FullModeScheduler Make(params InstanceReading[] readings)
    {
        var scheduler = new FullModeScheduler(
            LongPromptsApartPolicy.Build(FullModeMetrics.Catalogue(), new PolicySettings()), new FullModeSettings(), new FakeTimeProvider(), new Random(1));
        scheduler.SetStoreAvailable(true);
        scheduler.Synchronize(readings);
        return scheduler;
    }

    private static string? Place(FullModeScheduler scheduler, string id, int tokens)
    {
        scheduler.Schedule(new ScheduleRequest(id, SchedulingMode.Neutral, default, tokens, null), out Placement placement);
        return placement.First.Instance?.InstanceId;
    }
}
