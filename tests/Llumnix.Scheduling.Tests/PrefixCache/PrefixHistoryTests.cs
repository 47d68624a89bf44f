using CsCheck;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Scheduling.Tests.PrefixCache;

public sealed class PrefixHistoryTests
{
    private const int Instances = 4;
    private const int ChunkTokens = 10;

    /// <summary>Prompts of few different chunks, so that they share prefixes; a chunk's hash is its letter.</summary>
    private static readonly Gen<string> Prompts = Gen.Char['a', 'b'].Array[0, 7].Select(static chunks => new string(chunks));

    private static readonly Gen<(int Kind, int Instance, string Prompt)[]> Operations =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, Instances - 1], Prompts).Array[0, 60];

    private static PromptPrefix Prefix(string prompt) => new(prompt.Select(static chunk => (ulong)chunk).ToArray(), ChunkTokens);

    [Fact]
    public void Search_AnyPlacements_HitsAsTheNaiveModelSays() =>
        Gen.Select(Operations, Gen.Int[1, 9]).Sample((operations, share) =>
        {
            var naive = new NaivePrefixHistory(share);
            var history = new PrefixHistory(new PrefixHistoryOptions(), seed: 1);
            int[] ids = [.. Enumerable.Range(0, Instances).Select(_ => history.Join())];
            for (int i = 0; i < Instances; i++)
            {
                naive.Join(i);
            }

            foreach ((int kind, int instance, string prompt) in operations)
            {
                if (kind == 0)
                {
                    history.Leave(ids[instance]);
                    ids[instance] = history.Join();
                    naive.Join(instance);
                    continue;
                }

                history.Search(Prefix(prompt));
                for (int i = 0; i < Instances; i++)
                {
                    Assert.Equal(ChunkTokens * naive.HitChunksOn(i, prompt), history.HitTokensOn(ids[i], 1000));
                }

                history.Place(ids[instance], ChunkTokens * prompt.Length, share * ChunkTokens);
                naive.Place(instance, prompt);
            }

            // What instances that have left held is removed by placements.
            history.Search(default);
            history.Place(ids[0], 0, share * ChunkTokens);
            Assert.Equal(naive.Count, history.Count);
        });

    [Fact]
    public void Place_LittleRoom_IsNeverExceededAndHitsWerePlaced() =>
        Gen.Select(Operations, Gen.Int[1, 20]).Sample((operations, room) =>
        {
            var placed = new List<string>[Instances];
            var history = new PrefixHistory(new PrefixHistoryOptions { MaxChunks = room }, seed: 1);
            int[] ids = new int[Instances];
            Array.Fill(ids, -1);
            foreach ((int kind, int instance, string prompt) in operations)
            {
                if (ids[instance] < 0 || kind == 0)
                {
                    if (ids[instance] >= 0)
                    {
                        history.Leave(ids[instance]);
                    }

                    (ids[instance], placed[instance]) = (history.Join(), []);
                }

                history.Search(Prefix(prompt));
                for (int i = 0; i < Instances; i++)
                {
                    int hit = history.HitTokensOn(ids[i], 1000) / ChunkTokens;
                    Assert.True(hit == 0 || placed[i].Exists(before => before.StartsWith(prompt[..hit], StringComparison.Ordinal)));
                }

                history.Place(ids[instance], ChunkTokens * prompt.Length, 0);
                placed[instance].Add(prompt);
                Assert.InRange(history.Count, 0, room);
            }
        });

    [Fact]
    public void Place_MoreInstancesThanBefore_EachGetsItsShare()
    {
        var history = new PrefixHistory(new PrefixHistoryOptions { MaxChunks = 8 }, seed: 1);
        int first = history.Join();
        history.Search(Prefix("aaaaaaaa"));
        history.Place(first, 80, 0);
        int second = history.Join();
        history.Search(Prefix("bbbb"));
        history.Place(first, 40, 0);
        history.Search(Prefix("cccc"));
        history.Place(second, 40, 0);
        history.Search(Prefix("cccc"));
        Assert.Equal((0, 40), (history.HitTokensOn(first, 40), history.HitTokensOn(second, 40)));
        history.Search(Prefix("bbbb"));
        Assert.Equal((40, 0), (history.HitTokensOn(first, 40), history.HitTokensOn(second, 40)));
    }

    [Fact]
    public void Search_MorePromptThanCounts_TheHitEndsThere()
    {
        var history = new PrefixHistory(new PrefixHistoryOptions(), seed: 1);
        int id = history.Join();
        var prompt = new PromptPrefix(new ulong[PromptPrefix.MaxChunks + 10], 1);
        history.Search(prompt);
        history.Place(id, PromptPrefix.MaxChunks + 10, 1_000_000);
        history.Search(prompt);
        Assert.Equal(PromptPrefix.MaxChunks, history.HitTokensOn(id, int.MaxValue));
    }

    [Fact]
    public void Search_OtherModel_NoHit()
    {
        var history = new PrefixHistory(new PrefixHistoryOptions(), seed: 1);
        int id = history.Join();
        history.Search(Prefix("ab"), "base");
        history.Place(id, 20, 0);
        history.Search(Prefix("ab"), "adapter");
        Assert.Equal(0, history.HitTokensOn(id, 20));
        history.Search(Prefix("ab"), "base");
        Assert.Equal(20, history.HitTokensOn(id, 20));
    }

    [Fact]
    public void HitTokensOn_ChunksThatCoverMoreThanThePrompt_AtMostThePrompt()
    {
        var history = new PrefixHistory(new PrefixHistoryOptions(), seed: 1);
        int id = history.Join();
        history.Search(Prefix("ab"));
        history.Place(id, 15, 0);
        history.Search(Prefix("ab"));
        Assert.Equal(15, history.HitTokensOn(id, 15));
    }
}
