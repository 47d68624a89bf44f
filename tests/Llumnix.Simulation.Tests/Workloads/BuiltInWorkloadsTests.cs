using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Workloads;

public sealed class BuiltInWorkloadsTests
{
    private static readonly PoissonWorkload Workload = BuiltInWorkloads.AzureConversation;

    [Fact]
    public void AzureConversation_HundredThousandPrompts_HaveThePublishedStatistics() =>
        AssertStatistics(Workload.PromptTokens, [(0.5, 1020), (0.9, 2734), (0.99, 4142)], max: 14050, mean: 1155);

    [Fact]
    public void AzureConversation_HundredThousandOutputs_HaveThePublishedStatistics() =>
        AssertStatistics(Workload.OutputTokens, [(0.5, 129), (0.9, 424), (0.99, 601)], max: 1000, mean: 211);

    [Fact]
    public void TryFind_KnownAndUnknownName_TellsThemApart()
    {
        Assert.True(BuiltInWorkloads.TryFind("azure-conversation", out PoissonWorkload? found));
        Assert.Same(Workload, found);
        Assert.False(BuiltInWorkloads.TryFind("azure", out _));
    }

    private static void AssertStatistics(LengthDistribution lengths, (double Quantile, int Tokens)[] published, int max, double mean)
    {
        var random = new Random(7);
        int[] samples = [.. Enumerable.Range(0, 100_000).Select(_ => lengths.Sample(random)).Order()];
        Assert.All(published, point => Assert.InRange(samples[(int)(point.Quantile * samples.Length)], 0.97 * point.Tokens, 1.03 * point.Tokens));
        Assert.InRange(samples[^1], 0.9 * max, max);
        Assert.InRange(samples.Average(), 0.98 * mean, 1.02 * mean);
        Assert.Equal(mean, lengths.Mean, tolerance: 0.005 * mean);
    }
}
