using Llumnix.Cli.Simulate;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Cli.Tests.Simulate;

public sealed class WorkloadMakerTests
{
    [Theory]
    [InlineData("poisson")]
    [InlineData("bursty")]
    [InlineData("diurnal")]
    public void Make_Pattern_HasTheWantedMeanRateAndOneSeedOneWorkload(string pattern)
    {
        var workload = new WorkloadScenario { Arrivals = Enum.Parse<ArrivalPattern>(pattern, ignoreCase: true), DurationSeconds = 3600 };
        IReadOnlyList<RequestArrival> arrivals = WorkloadMaker.Make(workload, 10, seed: 3, TestContext.Current.CancellationToken);
        Assert.Equal(36_000, arrivals.Count, 700.0);
        Assert.Equal(arrivals, WorkloadMaker.Make(workload, 10, seed: 3, TestContext.Current.CancellationToken));
        Assert.NotEqual(arrivals.Count, WorkloadMaker.Make(workload, 10, seed: 4, TestContext.Current.CancellationToken).Count);
    }

    /// <summary>In a burst, a quarter of every 20 s, three times the rate comes.</summary>
    [Fact]
    public void Make_Bursty_ComesInBursts()
    {
        IReadOnlyList<RequestArrival> arrivals = WorkloadMaker.Make(new WorkloadScenario { Arrivals = ArrivalPattern.Bursty, DurationSeconds = 3600 }, 10, 1, TestContext.Current.CancellationToken);
        double inBursts = arrivals.Count(arrival => arrival.Offset.TotalSeconds % 20 < 5);
        Assert.Equal(0.75, inBursts / arrivals.Count, 0.02);
    }

    [Fact]
    public void Make_SharedPrefix_PromptsShareContentAtAnyPattern()
    {
        var workload = new WorkloadScenario { Name = "shared-prefix", Arrivals = ArrivalPattern.Bursty, DurationSeconds = 600 };
        IReadOnlyList<RequestArrival> arrivals = WorkloadMaker.Make(workload, null, 1, TestContext.Current.CancellationToken);
        Assert.Equal(30 * 600, arrivals.Count, 600.0);
        Assert.All(arrivals, static arrival => Assert.InRange(arrival.PromptTokens - (512 * arrival.ContentIds.Length), 100, 399));
        Assert.InRange(arrivals.Select(static arrival => arrival.ContentIds.Span[1]).Distinct().Count(), 100, 128);
    }

    [Fact]
    public void Make_UnknownWorkload_ListsTheKnown() => Assert.Equal(
        "unknown workload 'x'; known: azure-conversation, conversations, shared-prefix",
        Assert.Throws<ScenarioException>(() => WorkloadMaker.Make(new WorkloadScenario { Name = "x" }, null, 1, TestContext.Current.CancellationToken)).Message);

    [Fact]
    public void Make_TraceThatIsNotThere_SaysSo() =>
        Assert.Throws<ScenarioException>(() => WorkloadMaker.Make(new WorkloadScenario { Trace = "/no/such.csv" }, null, 1, TestContext.Current.CancellationToken));
}
