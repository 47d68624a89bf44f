using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Workloads;

public sealed class SharedPrefixWorkloadTests
{
    private static readonly IReadOnlyList<RequestArrival> Arrivals = SharedPrefixWorkload.Generate(50, TimeSpan.FromMinutes(2), seed: 1);

    [Fact]
    public void Generate_SameSeed_TheSameArrivals() => Assert.Equal(
        Arrivals.Select(a => (a.Offset, a.PromptTokens, a.OutputTokens)),
        SharedPrefixWorkload.Generate(50, TimeSpan.FromMinutes(2), seed: 1).Select(a => (a.Offset, a.PromptTokens, a.OutputTokens)));

    [Fact]
    public void Generate_Arrivals_AreWithinTheDocumentedBounds()
    {
        Assert.InRange(Arrivals.Count, 5600, 6400);
        Assert.All(Arrivals, arrival =>
        {
            Assert.InRange(arrival.ContentIds.Length, 5, 13);
            Assert.InRange(arrival.PromptTokens - (512 * arrival.ContentIds.Length), 100, 399);
            Assert.InRange(arrival.OutputTokens, 32, 127);
            Assert.Equal(0UL, arrival.ContentIds.Span[0]);
        });
    }

    [Fact]
    public void Of_PromptsOfTheSameDocument_ShareItsTokensAndNoMore()
    {
        IGrouping<ulong, RequestArrival> document = Arrivals.GroupBy(a => a.ContentIds.Span[1]).First(group => group.Count() > 1);
        RequestArrival first = document.First();
        RequestArrival second = document.Skip(1).First();
        int shared = 512 * first.ContentIds.Length;
        uint[] a = PromptTokens.Of(first);
        uint[] b = PromptTokens.Of(second);
        Assert.Equal(first.PromptTokens, a.Length);
        Assert.Equal(a[..shared], b[..shared]);
        Assert.NotEqual(a[shared..(shared + 100)], b[shared..(shared + 100)]);
        Assert.Equal(a, PromptTokens.Of(first));
    }
}
