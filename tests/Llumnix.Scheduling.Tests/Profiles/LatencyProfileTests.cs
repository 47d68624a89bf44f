using CsCheck;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Tests.Profiles;

public sealed class LatencyProfileTests
{
    /// <summary>Prefill 10 + n/10 ms. Decode 2·batch + context/100 ms.</summary>
    private static readonly LatencyProfile Profile = new(
        new LatencyCurve([100, 1000], [20, 110]),
        new LatencyGrid([1, 11], [8, 1008], [2.08, 12.08, 22.08, 32.08]));

    [Theory]
    [InlineData(1, 8, 2.08)]
    [InlineData(6, 6 * 508, 17.08)] // Half way on both axes: 12 + 5.08.
    [InlineData(21, 21 * 2008, 62.08)] // Beyond both: 42 + 20.08.
    [InlineData(4, 4, 8.08)] // A context of 1 counts as 8.
    [InlineData(0, 100, 0)]
    [InlineData(3, 0, 0)]
    public void DecodeMs_BatchAndTokens_IsBilinear(double batch, double tokens, double expected) =>
        Assert.Equal(expected, Profile.DecodeMs(batch, tokens), 1e-9);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-5, 0)]
    [InlineData(300, 40 + 7)] // One chunk: 10 + 30, and a decode step.
    [InlineData(1000, (2 * (60 + 7)))] // Two chunks of 500.
    [InlineData(1300, (2 * (60 + 7)) + 40 + 7)]
    public void PrefillByChunksMs_Tokens_SumsChunksAndDecodeSteps(double tokens, double expected) =>
        Assert.Equal(expected, Profile.PrefillByChunksMs(tokens, decodeStepMs: 7, chunk: 500), 1e-9);

    [Fact]
    public void PrefillByChunksMs_AnyTokens_EqualsTheLoopOverChunks() =>
        Gen.Select(Gen.Int[1, 100_000], Gen.Int[1, 9000], Gen.Double[0, 50]).Sample((tokens, chunk, decode) =>
        {
            double expected = 0;
            for (int rest = tokens; rest > 0; rest -= chunk)
            {
                expected += Profile.PrefillMs(Math.Min(rest, chunk)) + decode;
            }

            Assert.Equal(expected, Profile.PrefillByChunksMs(tokens, decode, chunk), expected * 1e-9);
        });
}
