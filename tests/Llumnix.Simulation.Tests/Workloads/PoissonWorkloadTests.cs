using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Workloads;

public sealed class PoissonWorkloadTests
{
    private static readonly PoissonWorkload Workload = BuiltInWorkloads.AzureConversation;

    [Fact]
    public void Generate_SameSeed_GivesTheSameArrivals()
    {
        IReadOnlyList<RequestArrival> first = Workload.Generate(10, TimeSpan.FromMinutes(1), seed: 3);
        Assert.Equal(first, Workload.Generate(10, TimeSpan.FromMinutes(1), seed: 3));
        Assert.NotEqual(first, Workload.Generate(10, TimeSpan.FromMinutes(1), seed: 4));
    }

    [Fact]
    public void Generate_TenPerSecond_ArrivesAsAPoissonProcess()
    {
        IReadOnlyList<RequestArrival> arrivals = Workload.Generate(10, TimeSpan.FromSeconds(2000), seed: 1);
        double[] gaps = [.. arrivals.Zip(arrivals.Skip(1), (a, b) => (b.Offset - a.Offset).TotalSeconds)];

        // 20000 expected; the deviation of the count is 141, and gaps of a Poisson process deviate by as much as their mean.
        Assert.InRange(arrivals.Count, 19_500, 20_500);
        Assert.All(gaps, gap => Assert.True(gap >= 0));
        Assert.InRange(Math.Sqrt(gaps.Average(gap => Math.Pow(gap - 0.1, 2))), 0.097, 0.103);
        Assert.True(arrivals[^1].Offset < TimeSpan.FromSeconds(2000));
    }

    [Fact]
    public void Generate_SenselessArguments_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Workload.Generate(0, TimeSpan.FromSeconds(1), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Workload.Generate(double.NaN, TimeSpan.FromSeconds(1), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Workload.Generate(1, TimeSpan.Zero, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Workload.Generate(1e6, TimeSpan.FromDays(1), 1));
    }
}
