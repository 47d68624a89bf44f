using Llumnix.Cli.Profiling;

namespace Llumnix.Cli.Tests.Profiling;

public sealed class CellPlausibilityTests
{
    [Theory]
    [InlineData(true, 10.0)]
    [InlineData(true, 10.0, 10.5, 9.0, 500.0, 10.0)]
    [InlineData(false, 10.0, 20.0)]
    [InlineData(false, 10.0, 20.0, 5.0, 40.0, 10.0)]
    [InlineData(false, 10.0, 0.0)]
    [InlineData(false, -1.0)]
    [InlineData(false, double.NaN)]
    [InlineData(false, double.PositiveInfinity)]
    public void Problem_Samples_AreOfAnIdleEngineOrNot(bool isPlausible, params double[] samples) =>
        Assert.Equal(isPlausible, CellPlausibility.Problem(samples) is null);

    [Theory]
    [InlineData(64, 9.0, true)]
    [InlineData(64, 7.9, false)]
    [InlineData(16, 12.0, true)]
    [InlineData(16, 12.6, false)]
    [InlineData(4096, 10.2, false)]
    [InlineData(4096, 10.6, true)]
    [InlineData(1024, 10.0, true)]
    public void Problem_PrefillBesideOneOf32Tokens_GrowsWithTheTokens(int tokens, double milliseconds, bool isPlausible)
    {
        string? problem = CellPlausibility.Problem([tokens], milliseconds, [([32], 10.0)], isPrefill: true);
        Assert.Equal(isPlausible, problem is null);
        Assert.Equal(!isPlausible, problem?.Contains("32 tokens", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData(8, 1024, 7.9, false)]
    [InlineData(8, 1024, 8.1, true)]
    [InlineData(2, 256, 13.0, false)]
    [InlineData(8, 256, 1.0, true)]
    [InlineData(2, 1024, 99.0, true)]
    public void Problem_DecodeBesideOneOf4RequestsWith512Tokens_ComparesWhatIsLargerInBoth(int batch, int tokens, double milliseconds, bool isPlausible)
    {
        string? problem = CellPlausibility.Problem([batch, tokens], milliseconds, [([4, 512], 10.0)], isPrefill: false);
        Assert.Equal(isPlausible, problem is null);
        Assert.Equal(!isPlausible, problem?.Contains("4 requests with 512 tokens", StringComparison.Ordinal) == true);
    }
}
