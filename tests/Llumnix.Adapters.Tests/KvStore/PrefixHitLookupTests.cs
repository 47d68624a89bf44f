using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using static Llumnix.Adapters.Tests.KvStore.PrefixLookupFixture;

namespace Llumnix.Adapters.Tests.KvStore;

/// <summary>What a lookup finds, and what it asks for that.</summary>
public sealed class PrefixHitLookupTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly PrefixLookupFixture _fixture = new();

    [Fact]
    public async Task Find_Prompt_TheHitsOfEachHost()
    {
        uint[] prompt = Prompt(10);
        string[] keys = KeysOf(prompt);
        var store = new StubKvStore { [keys[0]] = ["a", "b"], [keys[1]] = ["a"] };
        PrefixHits hits = (await _fixture.Lookup(store).FindAsync(prompt, Cancellation))!;
        Assert.Equal(8, hits.Longest);
    }

    [Fact]
    public async Task Find_ChunkThatNobodyHolds_NoFurtherQuestion()
    {
        uint[] prompt = Prompt(400);
        string[] keys = KeysOf(prompt);
        var store = new StubKvStore();
        for (int i = 0; i < 15; i++)
        {
            store[keys[i]] = ["a"];
        }

        PrefixHits hits = (await _fixture.Lookup(store, o => o with { BatchKeys = 10 }).FindAsync(prompt, Cancellation))!;
        Assert.Equal(15 * ChunkSize, hits.Longest);
        // The third was asked together with the second, ahead of its turn.
        Assert.Equal([keys[..10], keys[10..20], keys[20..30]], store.Questions);
    }

    [Fact]
    public async Task Find_ShortPrompt_IsNotLookedUp()
    {
        var store = new StubKvStore();
        Assert.Null(await _fixture.Lookup(store, o => o with { MinTokens = 11 }).FindAsync(Prompt(10), Cancellation));
        Assert.Empty(store.Questions);
    }

    [Fact]
    public async Task Find_RepeatedPromptsNeverHit_SaysSoOnceUntilAHit()
    {
        var store = new StubKvStore();
        PrefixHitLookup lookup = _fixture.Lookup(store);
        uint[] prompt = Prompt(8);
        for (int i = 0; i < 2 * MissingHits.Limit; i++)
        {
            await lookup.FindAsync(prompt, Cancellation);
        }

        Assert.Single(_fixture.Log.Lines, message => message.Contains("GO_HASH_SEED", StringComparison.Ordinal));
    }
}
