using Llumnix.Adapters.Discovery;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class KubernetesPausesTests
{
    private static readonly double[] Whole = [2, 4, 8, 8, 8];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Next_Failures_DoubleUpToALimitAndAreShortenedByAHalfAtMost(int seed)
    {
        var pauses = new KubernetesPauses(TimeSpan.FromSeconds(1), new Random(seed));

        Assert.All(Whole, whole => Assert.InRange(pauses.Next(hasWorked: false).TotalSeconds, whole / 2, whole));
        Assert.InRange(pauses.Next(hasWorked: true).TotalSeconds, 0.5, 1);
        Assert.InRange(pauses.Next(hasWorked: false).TotalSeconds, 1, 2);
    }

    [Fact]
    public void Next_OtherSeeds_OtherPauses() =>
        Assert.Equal(20, Enumerable.Range(0, 20).Select(seed => new KubernetesPauses(TimeSpan.FromSeconds(1), new Random(seed)).Next(false)).Distinct().Count());
}
