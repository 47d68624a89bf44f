using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Testing.KvStore;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Polling;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.KvStore;

public sealed class PrefixHitLookupTests
{
    private const int ChunkSize = 4;
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly ChunkKeySettings Chunks = new() { ChunkSize = ChunkSize };
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger<PrefixHitLookup> _log = new();
    private readonly RecordingLookups _observer = new();

    [Fact]
    public async Task Find_Prompt_TheHitsOfEachHost()
    {
        uint[] prompt = Prompt(10);
        string[] keys = KeysOf(prompt);
        var store = new Store { [keys[0]] = ["a", "b"], [keys[1]] = ["a"] };
        PrefixHits hits = (await Lookup(store).FindAsync(prompt, Cancellation))!;
        Assert.Equal(8, hits.Longest);
    }

    [Fact]
    public async Task Find_ChunkThatNobodyHolds_NoFurtherQuestion()
    {
        uint[] prompt = Prompt(400);
        string[] keys = KeysOf(prompt);
        var store = new Store();
        for (int i = 0; i < 15; i++)
        {
            store[keys[i]] = ["a"];
        }

        PrefixHits hits = (await Lookup(store, o => o with { BatchKeys = 10 }).FindAsync(prompt, Cancellation))!;
        Assert.Equal(15 * ChunkSize, hits.Longest);
        // The third was asked together with the second, ahead of its turn.
        Assert.Equal([keys[..10], keys[10..20], keys[20..30]], store.Questions);
    }

    /// <summary>200,000 tokens are 781 chunks, 13 questions of 64 at 30 ms each: four rounds, 120 ms of 200. One after the other they would take 390 ms.</summary>
    [Fact]
    public async Task Find_LongPromptAtASlowService_AllHitsWithinTheBudget()
    {
        uint[] prompt = Prompt(200_000);
        var store = new GatedStore();
        PrefixHitLookup lookup = Lookup(store, o => o with { ChunkKeys = Chunks with { ChunkSize = 256 } });
        Task<PrefixHits?> finding = lookup.FindAsync(prompt, Cancellation).AsTask();
        foreach (int questions in (int[])[1, 2, 4, 6])
        {
            await Eventually.TrueAsync(() => store.UnderWay.Count == questions);
            _time.Advance(TimeSpan.FromMilliseconds(30));
            store.AnswerAll();
        }

        Assert.Equal(781 * 256, (await finding)!.Longest);
        Assert.Equal(120, _observer.Whole.TotalMilliseconds);
        Assert.Equal(0, _observer.CutShort);
    }

    /// <summary>At 90 ms a question two rounds fit, which know three questions; that the others are cut is no failure of the service.</summary>
    [Fact]
    public async Task Find_BudgetRunsOut_WhatIsKnownByThenIsUsedAndTold()
    {
        var store = new GatedStore();
        PrefixHitLookup lookup = Lookup(store, o => o with { RetryTimes = 1, BatchKeys = 10 });
        for (int i = 0; i < 3; i++)
        {
            Task<PrefixHits?> finding = lookup.FindAsync(Prompt(400), Cancellation).AsTask();
            foreach (int questions in (int[])[1, 2])
            {
                await Eventually.TrueAsync(() => store.UnderWay.Count == questions);
                _time.Advance(TimeSpan.FromMilliseconds(90));
                store.AnswerAll();
            }

            await Eventually.TrueAsync(() => store.UnderWay.Count == 4);
            _time.Advance(TimeSpan.FromMilliseconds(20));
            Assert.Equal(30 * ChunkSize, (await finding)!.Longest);
            store.UnderWay.Clear();
        }

        Assert.False(lookup.IsDown);
        Assert.Equal((3, 3, 0), (_observer.CutShort, _observer.Completed, _observer.Failed));
        Assert.Equal(
            ["Warning: A lookup in the KV store ended before it was complete, with 30 of 100 chunks known; 0 others since the last such message"], _log.Lines);
        _time.Advance(TimeSpan.FromMinutes(1));
        await FirstOfTwoRoundsAsync(lookup, store);
        Assert.EndsWith("with 10 of 100 chunks known; 2 others since the last such message", _log.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_ServiceFailsAfterAnAnswer_WhatIsKnownByThenIsUsed()
    {
        var store = new GatedStore();
        PrefixHitLookup lookup = Lookup(store, o => o with { RetryTimes = 1, BatchKeys = 10 });
        Task<PrefixHits?> finding = lookup.FindAsync(Prompt(400), Cancellation).AsTask();
        store.AnswerAll();
        await Eventually.TrueAsync(() => store.UnderWay.Count == 2);
        store.FailAll();
        Assert.Equal(10 * ChunkSize, (await finding)!.Longest);
        Assert.True(lookup.IsDown);
        Assert.Equal((1, 0), (_observer.CutShort, _observer.Failed));
    }

    /// <summary>Questions ahead of their turn are asked only where a place is free, and those whose turn it is wait for one.</summary>
    [Fact]
    public async Task Find_ManyLookups_NoMoreQuestionsAtOnceThanTheBound()
    {
        var store = new GatedStore();
        PrefixHitLookup lookup = Lookup(store, o => o with { BatchKeys = 10, MaxQuestions = 3 });
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
        var store = new GatedStore();
        PrefixHitLookup lookup = Lookup(store, o => o with { RetryTimes = 1, BatchKeys = 10, MaxQuestions = 2 });
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

    [Fact]
    public async Task Find_ShortPrompt_IsNotLookedUp()
    {
        var store = new Store();
        Assert.Null(await Lookup(store, o => o with { MinTokens = 11 }).FindAsync(Prompt(10), Cancellation));
        Assert.Empty(store.Questions);
    }

    [Fact]
    public async Task Find_ServiceFails_TriesThenLeavesItAloneThenOneTryIsEnough()
    {
        var store = new Store { Error = "no" };
        PrefixHitLookup lookup = Lookup(store, o => o with { RetryTimes = 2, RetryInterval = TimeSpan.Zero });
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(2, store.Questions.Count);
        Assert.True(lookup.IsDown);
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(2, store.Questions.Count);

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(3, store.Questions.Count);
        Assert.True(lookup.IsDown);

        _time.Advance(TimeSpan.FromSeconds(30));
        store.Error = null;
        Assert.NotNull(await lookup.FindAsync(Prompt(8), Cancellation));
        store.Error = "no";
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(6, store.Questions.Count);
        Assert.Equal(2, _log.Lines.Count(message => message.Contains("left alone", StringComparison.Ordinal)));
        Assert.Single(_log.Lines, message => message.Contains("answers again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Find_ServiceThrowsWhatItShouldNot_IsAFailedTry()
    {
        var store = new Store { Unexpected = new UriFormatException("odd") };
        PrefixHitLookup lookup = Lookup(store, o => o with { RetryTimes = 2, RetryInterval = TimeSpan.Zero });
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(2, store.Questions.Count);
        Assert.True(lookup.IsDown);
        Assert.Single(_log.Lines, message => message.Contains("in a way that it should not", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Find_FewerAnswersThanKeys_IsAFailedTry()
    {
        var store = new Store { AnswersOneLess = true };
        PrefixHitLookup lookup = Lookup(store, o => o with { RetryTimes = 1 });
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.True(lookup.IsDown);
    }

    [Fact]
    public async Task Find_CallerGivesUp_IsNoFailureOfTheService()
    {
        var store = new Store { Hangs = true };
        PrefixHitLookup lookup = Lookup(store, o => o with { RetryTimes = 1 });
        using var caller = new CancellationTokenSource();
        Task<PrefixHits?> finding = lookup.FindAsync(Prompt(8), caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finding);
        Assert.False(lookup.IsDown);
    }

    [Fact]
    public async Task Find_ServiceHangs_EndsWithTheBudgetAndGoesDown()
    {
        var store = new Store { Hangs = true };
        PrefixHitLookup lookup = Lookup(store, o => o with { RetryTimes = 2 });
        for (int i = 0; i < 2; i++)
        {
            Task<PrefixHits?> finding = lookup.FindAsync(Prompt(8), Cancellation).AsTask();
            Assert.False(finding.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(200));
            Assert.Null(await finding);
        }

        Assert.True(lookup.IsDown);
    }

    [Fact]
    public async Task Find_OneStallUnderManyLookups_CountsOnce()
    {
        var store = new Store { Hangs = true };
        PrefixHitLookup lookup = Lookup(store, o => o with { RetryTimes = 2 });
        for (int stall = 1; stall <= 2; stall++)
        {
            Task<PrefixHits?>[] finding = [.. Enumerable.Range(0, 20).Select(_ => lookup.FindAsync(Prompt(8), Cancellation).AsTask())];
            _time.Advance(TimeSpan.FromMilliseconds(200));
            Assert.All(await Task.WhenAll(finding), Assert.Null);
            Assert.Equal(stall == 2, lookup.IsDown);
        }
    }

    [Fact]
    public async Task Find_BudgetEndsBetweenTwoTries_IsNoFurtherFailure()
    {
        var store = new Store { Error = "no" };
        PrefixHitLookup lookup = Lookup(store, o => o with { RetryTimes = 2, RetryInterval = TimeSpan.FromSeconds(1) });
        Task<PrefixHits?> finding = lookup.FindAsync(Prompt(8), Cancellation).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Null(await finding);
        Assert.False(lookup.IsDown);
    }

    [Fact]
    public async Task Find_RepeatedPromptsNeverHit_SaysSoOnceUntilAHit()
    {
        var store = new Store();
        PrefixHitLookup lookup = Lookup(store);
        uint[] prompt = Prompt(8);
        for (int i = 0; i < 2 * MissingHits.Limit; i++)
        {
            await lookup.FindAsync(prompt, Cancellation);
        }

        Assert.Single(_log.Lines, message => message.Contains("GO_HASH_SEED", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("slow")]
    [InlineData("hanging")]
    [InlineData("500")]
    [InlineData("garbage")]
    [InlineData("half")]
    public async Task Find_RealMasterFails_WithinTheBudgetAndBackAfterTheWindow(string fault)
    {
        await using FakeMooncakeMaster master = FakeMooncakeMaster.Start();
        using var client = new MooncakeClient(new MooncakeOptions { Port = master.Port });
        uint[] prompt = Prompt(8);
        master.Holders[KeysOf(prompt)[0]] = ["10.0.0.7:1"];
        var options = new PrefixLookupOptions
        {
            MinTokens = 1, ChunkKeys = Chunks, RetryTimes = 1, QueryTimeout = TimeSpan.FromMilliseconds(300), DownDuration = TimeSpan.FromSeconds(1),
        };
        var lookup = new PrefixHitLookup(options, client, TimeProvider.System, _log);
        var release = new TaskCompletionSource();
        master.Fault = fault switch
        {
            "slow" => async right =>
            {
                await release.Task;
                return right;
            },
            "hanging" => _ => Task.FromResult<string?>(null),
            "500" => _ => Task.FromResult<string?>(FakeMooncakeMaster.Http(500, "")),
            "garbage" => _ => Task.FromResult<string?>("garbage\r\n\r\n"),
            _ => right => Task.FromResult<string?>(right[..^30]),
        };
        Assert.Null(await lookup.FindAsync(prompt, Cancellation));
        Assert.True(lookup.IsDown);
        int questions = master.Questions;
        Assert.Null(await lookup.FindAsync(prompt, Cancellation));
        Assert.Equal(questions, master.Questions);
        master.Fault = null;
        release.SetResult();
        await Eventually.TrueAsync(() => !lookup.IsDown);
        Assert.Equal(ChunkSize, (await lookup.FindAsync(prompt, Cancellation))!.Longest);
        Assert.Equal(questions + 1, master.Questions);
    }

    [Fact]
    public async Task Find_RealMasterGoneAndBack_IsAskedAfterTheWindow()
    {
        FakeMooncakeMaster master = FakeMooncakeMaster.Start();
        int port = master.Port;
        using var client = new MooncakeClient(new MooncakeOptions { Port = port });
        var options = new PrefixLookupOptions
        {
            MinTokens = 1, ChunkKeys = Chunks, RetryTimes = 1, QueryTimeout = TimeSpan.FromSeconds(30), DownDuration = TimeSpan.FromMilliseconds(300),
        };
        var lookup = new PrefixHitLookup(options, client, TimeProvider.System, _log);
        Assert.NotNull(await lookup.FindAsync(Prompt(8), Cancellation));
        await master.DisposeAsync();
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.True(lookup.IsDown);
        await using FakeMooncakeMaster back = FakeMooncakeMaster.Start(port: port);
        await Eventually.TrueAsync(() => !lookup.IsDown);
        Assert.NotNull(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(1, back.Questions);
    }

    private async Task FirstOfTwoRoundsAsync(PrefixHitLookup lookup, GatedStore store)
    {
        Task<PrefixHits?> finding = lookup.FindAsync(Prompt(400), Cancellation).AsTask();
        await Eventually.TrueAsync(() => store.UnderWay.Count == 1);
        store.AnswerAll();
        await Eventually.TrueAsync(() => store.UnderWay.Count == 2);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(10 * ChunkSize, (await finding)!.Longest);
    }

    private static uint[] Prompt(int tokens) => [.. Enumerable.Range(0, tokens).Select(i => (uint)(i * 1000))];

    private static string[] KeysOf(uint[] prompt)
    {
        ChunkKeys keys = ChunkKeys.Create(Chunks);
        keys.Begin(prompt.Length);
        return [.. Enumerable.Range(0, keys.Count).Select(_ => keys.Next(prompt))];
    }

    private PrefixHitLookup Lookup(IKvMetadataService store, Func<PrefixLookupOptions, PrefixLookupOptions>? change = null)
    {
        var options = new PrefixLookupOptions { MinTokens = 1, ChunkKeys = Chunks };
        return new PrefixHitLookup(change?.Invoke(options) ?? options, store, _time, _log, _observer);
    }

    private sealed class RecordingLookups : IPrefixLookupObserver
    {
        internal TimeSpan Whole { get; private set; }

        internal int Completed { get; private set; }

        internal int CutShort { get; private set; }

        internal int Failed { get; private set; }

        public void LookupCompleted(TimeSpan query, TimeSpan whole) => (Completed, Whole) = (Completed + 1, whole);

        public void LookupCutShort() => CutShort++;

        public void LookupFailed() => Failed++;

        public void HitsMissing()
        {
        }
    }

    /// <summary>Everything is held by one host; questions are answered when the test says so.</summary>
    private sealed class GatedStore : IKvMetadataService
    {
        private readonly Lock _lock = new();

        internal List<(IReadOnlyList<string> Keys, TaskCompletionSource<IReadOnlyList<IReadOnlyList<string>>> Answer)> UnderWay { get; } = [];

        internal int Most { get; private set; }

        public async Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
        {
            var answer = new TaskCompletionSource<IReadOnlyList<IReadOnlyList<string>>>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                UnderWay.Add((keys, answer));
                Most = Math.Max(Most, UnderWay.Count);
            }

            return await answer.Task.WaitAsync(cancellationToken);
        }

        internal void AnswerAll() => EndAll(static (keys, answer) => answer.SetResult([.. keys.Select(static _ => (IReadOnlyList<string>)["a"])]));

        internal void FailAll() => EndAll(static (_, answer) => answer.SetException(new KvMetadataException("no")));

        private void EndAll(Action<IReadOnlyList<string>, TaskCompletionSource<IReadOnlyList<IReadOnlyList<string>>>> end)
        {
            lock (_lock)
            {
                UnderWay.ForEach(question => end(question.Keys, question.Answer));
                UnderWay.Clear();
            }
        }
    }

    private sealed class Store : Dictionary<string, string[]>, IKvMetadataService
    {
        internal string? Error { get; set; }

        internal Exception? Unexpected { get; init; }

        internal bool AnswersOneLess { get; init; }

        internal bool Hangs { get; init; }

        internal List<IReadOnlyList<string>> Questions { get; } = [];

        public async Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
        {
            Questions.Add(keys);
            if (Hangs)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            if (Unexpected is not null)
            {
                throw Unexpected;
            }

            return Error is null
                ? [.. keys.Skip(AnswersOneLess ? 1 : 0).Select(key => (IReadOnlyList<string>)this.GetValueOrDefault(key, []))]
                : throw new KvMetadataException(Error);
        }
    }
}
