using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using static Llumnix.Adapters.Tests.KvStore.PrefixLookupFixture;

namespace Llumnix.Adapters.Tests.KvStore;

/// <summary>What a lookup finds, and what it asks for that.</summary>
public sealed class PrefixHitLookupTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly ChunkKeyOptions Chunks = new() { ChunkSize = ChunkSize };
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger<PrefixHitLookup> _log = new();
    private readonly RecordingLookups _observer = new();

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
        using var client = new MooncakeClient(new MooncakeOptions { Host = "127.0.0.1", Port = master.Port });
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
        await UntilAsync(() => !lookup.IsDown);
        Assert.Equal(ChunkSize, (await lookup.FindAsync(prompt, Cancellation))!.Longest);
        Assert.Equal(questions + 1, master.Questions);
    }

    [Fact]
    public async Task Find_RealMasterGoneAndBack_IsAskedAfterTheWindow()
    {
        FakeMooncakeMaster master = FakeMooncakeMaster.Start();
        int port = master.Port;
        using var client = new MooncakeClient(new MooncakeOptions { Host = "127.0.0.1", Port = port });
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
        await UntilAsync(() => !lookup.IsDown);
        Assert.NotNull(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(1, back.Questions);
    }

    private async Task FirstOfTwoRoundsAsync(PrefixHitLookup lookup, GatedStore store)
    {
        Task<PrefixHits?> finding = lookup.FindAsync(Prompt(400), Cancellation).AsTask();
        await UntilAsync(() => store.UnderWay.Count == 1);
        store.AnswerAll();
        await UntilAsync(() => store.UnderWay.Count == 2);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(10 * ChunkSize, (await finding)!.Longest);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(Cancellation);
        }
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
