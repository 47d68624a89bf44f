using CsCheck;
using Llumnix.Gateway.Requests;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Gateway.Tests.Requests;

public sealed class PromptBytesTests
{
    [Fact]
    public void PrefixOf_TwoPrompts_ShareTheHashesOfTheirCommonChunks() =>
        Gen.Select(Gen.Int[0, 5000], Gen.Int[0, 3000], Gen.Int[0, 3000], Gen.Int[0, 1000]).Sample((common, ownA, ownB, seed) =>
        {
            byte[] shared = new byte[common];
            new Random(seed).NextBytes(shared);
            // The first byte after the common part differs.
            byte[] a = [.. shared, .. Enumerable.Repeat((byte)1, ownA)];
            byte[] b = [.. shared, .. Enumerable.Repeat((byte)2, ownB)];
            ulong[] ofA = PromptBytes.PrefixOf(a, 100).Chunks.ToArray();
            ulong[] ofB = PromptBytes.PrefixOf(b, 100).Chunks.ToArray();
            Assert.Equal((a.Length / PromptBytes.ChunkBytes, b.Length / PromptBytes.ChunkBytes), (ofA.Length, ofB.Length));
            int same = ofA.Zip(ofB).TakeWhile(static pair => pair.First == pair.Second).Count();
            Assert.Equal(Math.Min(common / PromptBytes.ChunkBytes, Math.Min(ofA.Length, ofB.Length)), same);
        });

    [Theory]
    [InlineData(4096, 1000, 4, 250)]
    [InlineData(5000, 1000, 4, 204.8)]
    [InlineData(1023, 1000, 0, 0)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(4096, 0, 0, 0)]
    [InlineData(10_000_000, 2_000_000, PromptPrefix.MaxChunks, 204.8)]
    public void PrefixOf_Length_SoManyChunksOfSoManyTokens(int bytes, int tokens, int chunks, double tokensPerChunk)
    {
        PromptPrefix prefix = PromptBytes.PrefixOf(new byte[bytes], tokens);
        Assert.Equal((chunks, tokensPerChunk), (prefix.Chunks.Length, prefix.TokensPerChunk));
    }
}
