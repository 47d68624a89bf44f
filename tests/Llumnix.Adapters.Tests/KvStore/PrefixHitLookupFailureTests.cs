using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Testing.KvStore;
using Llumnix.Testing.Polling;
using static Llumnix.Adapters.Tests.KvStore.PrefixLookupFixture;

namespace Llumnix.Adapters.Tests.KvStore;

/// <summary>Tries, the down window and the log when the service fails or hangs.</summary>
public sealed class PrefixHitLookupFailureTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly PrefixLookupFixture _fixture = new();

    [Fact]
    public async Task Find_ServiceFails_TriesThenLeavesItAloneThenOneTryIsEnough()
    {
        var store = new StubKvStore { Error = "no" };
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { RetryTimes = 2, RetryInterval = TimeSpan.Zero });
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(2, store.Questions.Count);
        Assert.True(lookup.IsDown);
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(2, store.Questions.Count);

        _fixture.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(3, store.Questions.Count);
        Assert.True(lookup.IsDown);

        _fixture.Time.Advance(TimeSpan.FromSeconds(30));
        store.Error = null;
        Assert.NotNull(await lookup.FindAsync(Prompt(8), Cancellation));
        store.Error = "no";
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(6, store.Questions.Count);
        Assert.Equal(2, _fixture.Log.Lines.Count(message => message.Contains("left alone", StringComparison.Ordinal)));
        Assert.Single(_fixture.Log.Lines, message => message.Contains("answers again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Find_ServiceThrowsWhatItShouldNot_IsAFailedTry()
    {
        var store = new StubKvStore { Unexpected = new UriFormatException("odd") };
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { RetryTimes = 2, RetryInterval = TimeSpan.Zero });
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(2, store.Questions.Count);
        Assert.True(lookup.IsDown);
        Assert.Single(_fixture.Log.Lines, message => message.Contains("in a way that it should not", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Find_FewerAnswersThanKeys_IsAFailedTry()
    {
        var store = new StubKvStore { AnswersOneLess = true };
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { RetryTimes = 1 });
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.True(lookup.IsDown);
    }

    [Fact]
    public async Task Find_CallerGivesUp_IsNoFailureOfTheService()
    {
        var store = new StubKvStore { Hangs = true };
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { RetryTimes = 1 });
        using var caller = new CancellationTokenSource();
        Task<PrefixHits?> finding = lookup.FindAsync(Prompt(8), caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finding);
        Assert.False(lookup.IsDown);
    }

    [Fact]
    public async Task Find_ServiceHangs_EndsWithTheBudgetAndGoesDown()
    {
        var store = new StubKvStore { Hangs = true };
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { RetryTimes = 2 });
        for (int i = 0; i < 2; i++)
        {
            Task<PrefixHits?> finding = lookup.FindAsync(Prompt(8), Cancellation).AsTask();
            Assert.False(finding.IsCompleted);
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(200));
            Assert.Null(await finding);
        }

        Assert.True(lookup.IsDown);
    }

    [Fact]
    public async Task Find_OneStallUnderManyLookups_CountsOnce()
    {
        var store = new StubKvStore { Hangs = true };
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { RetryTimes = 2 });
        for (int stall = 1; stall <= 2; stall++)
        {
            Task<PrefixHits?>[] finding = [.. Enumerable.Range(0, 20).Select(_ => lookup.FindAsync(Prompt(8), Cancellation).AsTask())];
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(200));
            Assert.All(await Task.WhenAll(finding), Assert.Null);
            Assert.Equal(stall == 2, lookup.IsDown);
        }
    }

    [Fact]
    public async Task Find_BudgetEndsBetweenTwoTries_IsNoFurtherFailure()
    {
        var store = new StubKvStore { Error = "no" };
        PrefixHitLookup lookup = _fixture.Lookup(store, o => o with { RetryTimes = 2, RetryInterval = TimeSpan.FromSeconds(1) });
        Task<PrefixHits?> finding = lookup.FindAsync(Prompt(8), Cancellation).AsTask();
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Null(await finding);
        Assert.False(lookup.IsDown);
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
        var lookup = new PrefixHitLookup(options, client, TimeProvider.System, _fixture.Log);
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
        using var client = new MooncakeClient(new MooncakeOptions { Host = "127.0.0.1", Port = port });
        var options = new PrefixLookupOptions
        {
            MinTokens = 1, ChunkKeys = Chunks, RetryTimes = 1, QueryTimeout = TimeSpan.FromSeconds(30), DownDuration = TimeSpan.FromMilliseconds(300),
        };
        var lookup = new PrefixHitLookup(options, client, TimeProvider.System, _fixture.Log);
        Assert.NotNull(await lookup.FindAsync(Prompt(8), Cancellation));
        await master.DisposeAsync();
        Assert.Null(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.True(lookup.IsDown);
        await using FakeMooncakeMaster back = FakeMooncakeMaster.Start(port: port);
        await Eventually.TrueAsync(() => !lookup.IsDown);
        Assert.NotNull(await lookup.FindAsync(Prompt(8), Cancellation));
        Assert.Equal(1, back.Questions);
    }
}
