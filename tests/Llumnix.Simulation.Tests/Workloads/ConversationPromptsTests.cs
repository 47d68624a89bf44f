using CsCheck;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Workloads;

public sealed class ConversationPromptsTests
{
    [Fact]
    public void Next_OneSeed_OneWorkload() => Assert.Equal(Shape(Draw(5, 300)), Shape(Draw(5, 300)));

    [Fact]
    public void Next_AnySeed_EveryBlockHasAnIdAndAllBeginWithTheSystemPrompt() => Gen.Int.Sample(
        static seed =>
        {
            foreach (RequestArrival arrival in Draw(seed, 200))
            {
                Assert.Equal((arrival.PromptTokens + PromptTokens.TokensPerContentId - 1) / PromptTokens.TokensPerContentId, arrival.ContentIds.Length);
                Assert.Equal(0UL, arrival.ContentIds.Span[0]);
                Assert.InRange(arrival.OutputTokens, 1, 1500);
            }
        },
        iter: 20);

    /// <summary>A further turn shares all full blocks of the turn before it, and is longer than it by the answer at least.</summary>
    [Fact]
    public void Next_FurtherTurns_RepeatWhatWasSaid()
    {
        RequestArrival[] arrivals = Draw(1, 2000);
        var byFirstOwnBlock = arrivals.Where(static arrival => arrival.ContentIds.Length > 2).GroupBy(static arrival => arrival.ContentIds.Span[1]).ToArray();
        Assert.Contains(byFirstOwnBlock, static turns => turns.Count() > 3);
        Assert.All(byFirstOwnBlock.SelectMany(static turns => turns.Zip(turns.Skip(1))), static pair =>
        {
            (RequestArrival before, RequestArrival after) = pair;
            int full = before.PromptTokens / PromptTokens.TokensPerContentId;
            Assert.True(after.ContentIds.Span.StartsWith(before.ContentIds.Span[..full]));
            Assert.True(after.PromptTokens > before.PromptTokens + before.OutputTokens);
            Assert.True(after.Offset - before.Offset >= TimeSpan.FromSeconds(5));
        });
    }

    private static RequestArrival[] Draw(int seed, int count)
    {
        var prompts = new ConversationPrompts(new Random(seed));
        return [.. Enumerable.Range(0, count).Select(i => prompts.Next(TimeSpan.FromSeconds(i / 5.0)))];
    }

    private static IEnumerable<(TimeSpan, int, int, string)> Shape(RequestArrival[] arrivals) =>
        arrivals.Select(static arrival => (arrival.Offset, arrival.PromptTokens, arrival.OutputTokens, string.Join(' ', arrival.ContentIds.ToArray())));
}
