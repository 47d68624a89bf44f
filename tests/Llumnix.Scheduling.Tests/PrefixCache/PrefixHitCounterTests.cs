using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.PrefixCache;

public sealed class PrefixHitCounterTests
{
    [Theory]
    [InlineData("a b|a|a", "a=30 b=10")]
    [InlineData("a b|b|a b", "a=10 b=30")]
    [InlineData("a|b|b", "a=10")]
    [InlineData("|a|a", "")]
    [InlineData("a b|a b|b", "a=20 b=30")]
    [InlineData("a|a|a|a", "a=35")]
    public void ToHits_HostsOfEachChunk_CountLeadingChunksWithoutAGap(string chunks, string hits)
    {
        var counter = new PrefixHitCounter();
        foreach (string hosts in chunks.Split('|'))
        {
            counter.Add(hosts.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        PrefixHits counted = counter.ToHits(chunkSize: 10, promptTokens: 35);

        string[] expected = hits.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Select(hit => int.Parse(hit.Split('=')[1], null)).DefaultIfEmpty().Max(), counted.Longest);
        foreach (string host in (string[])["a", "b", "c"])
        {
            string? hit = Array.Find(expected, text => text.StartsWith(host, StringComparison.Ordinal));
            Assert.Equal(hit is null ? 0 : int.Parse(hit.Split('=')[1], null), counted.On(At(host), 35));
        }
    }

    [Fact]
    public void Add_ChunkThatNobodyHoldsWithoutAGap_TellsToStop()
    {
        var counter = new PrefixHitCounter();

        Assert.True(counter.Add(["a", "b"]));
        Assert.True(counter.Add(["b"]));
        Assert.False(counter.Add(["a"]));
        Assert.False(counter.Add(["a", "b"]));
        Assert.Equal(4, counter.Chunks);
    }

    private static FullModeInstance At(string host)
    {
        InstanceReading reading = Readings.Of("i", metadata: m => m with { IpKvs = host });
        return new FullModeInstance(reading.Metadata, reading.Status);
    }
}
