using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Testing.Polling;
using static Llumnix.Adapters.Tests.KvStore.PrefixLookupFixture;

namespace Llumnix.Adapters.Tests.KvStore;

/// <summary>Long prompts are asked for in rounds of more and more questions, within the budget of time and the bound on questions.</summary>
public sealed class PrefixHitLookupRoundsTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly PrefixLookupFixture _fixture = new();

    /// <summary>200,000 tokens are 781 chunks, 13 questions of 64 at 30 ms each: four rounds, 120 ms of 200. One after the other they would take 390 ms.</summary>
    [Fact]
    public async Task Find_LongPromptAtASlowService_AllHitsWithinTheBudget()
    {
        uint[] prompt = Prompt(200_000);
        var store = new GatedKvStore();
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { ChunkKeys = Chunks with { ChunkSize = 256 } });
        Task<PrefixHits?> finding = lookup.FindAsync(prompt, Cancellation).AsTask();
        foreach (int questions in (int[])[1, 2, 4, 6])
        {
            await Eventually.TrueAsync(() => store.UnderWay.Count == questions);
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(30));
            store.AnswerAll();
        }

        Assert.Equal(781 * 256, (await finding)!.Longest);
        Assert.Equal(120, _fixture.Observer.Whole.TotalMilliseconds);
        Assert.Equal(0, _fixture.Observer.CutShort);
    }

    /// <summary>At 90 ms a question two rounds fit, which know three questions; that the others are cut is no failure of the service.</summary>
    [Fact]
    public async Task Find_BudgetRunsOut_WhatIsKnownByThenIsUsedAndTold()
    {
        var store = new GatedKvStore();
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { RetryTimes = 1, BatchKeys = 10 });
        for (int i = 0; i < 3; i++)
        {
            Task<PrefixHits?> finding = lookup.FindAsync(Prompt(400), Cancellation).AsTask();
            foreach (int questions in (int[])[1, 2])
            {
                await Eventually.TrueAsync(() => store.UnderWay.Count == questions);
                _fixture.Time.Advance(TimeSpan.FromMilliseconds(90));
                store.AnswerAll();
            }

            await Eventually.TrueAsync(() => store.UnderWay.Count == 4);
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(20));
            Assert.Equal(30 * ChunkSize, (await finding)!.Longest);
            store.UnderWay.Clear();
        }

        Assert.False(lookup.IsDown);
        Assert.Equal((3, 3, 0), (_fixture.Observer.CutShort, _fixture.Observer.Completed, _fixture.Observer.Failed));
        Assert.Equal(
            ["Warning: A lookup in the KV store ended before it was complete, with 30 of 100 chunks known; 0 others since the last such message"], _fixture.Log.Lines);
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await FirstOfTwoRoundsAsync(lookup, store);
        Assert.EndsWith("with 10 of 100 chunks known; 2 others since the last such message", _fixture.Log.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_ServiceFailsAfterAnAnswer_WhatIsKnownByThenIsUsed()
    {
        var store = new GatedKvStore();
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { RetryTimes = 1, BatchKeys = 10 });
        Task<PrefixHits?> finding = lookup.FindAsync(Prompt(400), Cancellation).AsTask();
        store.AnswerAll();
        await Eventually.TrueAsync(() => store.UnderWay.Count == 2);
        store.FailAll();
        Assert.Equal(10 * ChunkSize, (await finding)!.Longest);
        Assert.True(lookup.IsDown);
        Assert.Equal((1, 0), (_fixture.Observer.CutShort, _fixture.Observer.Failed));
    }

    /// <summary>Questions ahead of their turn are asked only where a place is free, and those whose turn it is wait for one.</summary>
    [Fact]
    public async Task Find_ManyLookups_NoMoreQuestionsAtOnceThanTheBound()
    {
        var store = new GatedKvStore();
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { BatchKeys = 10, MaxQuestions = 3 });
        Task<PrefixHits?>[] finding = [.. Enumerable.Range(0, 5).Select(_ => lookup.FindAsync(Prompt(400), Cancellation).AsTask())];
        while (!finding.All(static task => task.IsCompleted))
        {
            Assert.InRange(store.UnderWay.Count, 0, 3);
            store.AnswerAll();
            await Task.Yield();
        }

        Assert.All(await Task.WhenAll(finding), hits => Assert.Equal(400, hits!.Longest));
        Assert.InRange(store.Most, 1, 3);
    }

    [Fact]
    public async Task Find_CallerGivesUpInBetween_EverythingUnderWayEnds()
    {
        var store = new GatedKvStore();
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { RetryTimes = 1, BatchKeys = 10, MaxQuestions = 2 });
        using var caller = new CancellationTokenSource();
        Task<PrefixHits?> finding = lookup.FindAsync(Prompt(400), caller.Token).AsTask();
        store.AnswerAll();
        await Eventually.TrueAsync(() => store.UnderWay.Count == 2);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finding);
        Assert.False(lookup.IsDown);

        // Their places are free again.
        store.UnderWay.Clear();
        Task<PrefixHits?> next = lookup.FindAsync(Prompt(40), Cancellation).AsTask();
        await Eventually.TrueAsync(() => store.UnderWay.Count == 1);
        store.AnswerAll();
        Assert.Equal(40, (await next)!.Longest);
    }

    private async Task FirstOfTwoRoundsAsync(PrefixHitLookup lookup, GatedKvStore store)
    {
        Task<PrefixHits?> finding = lookup.FindAsync(Prompt(400), Cancellation).AsTask();
        await Eventually.TrueAsync(() => store.UnderWay.Count == 1);
        store.AnswerAll();
        await Eventually.TrueAsync(() => store.UnderWay.Count == 2);
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(10 * ChunkSize, (await finding)!.Longest);
    }
}
