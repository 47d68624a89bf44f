using Grpc.Core;
using Llumnix.Adapters.Llumlets;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Testing.Llumlets;
using Llumnix.Testing.Time;
using Microsoft.Extensions.Time.Testing;
using static Llumnix.Adapters.Tests.Llumlets.MigrationPairs;

namespace Llumnix.Adapters.Tests.Llumlets;

/// <summary>A source whose calls keep failing is not called for a while, then for a longer one.</summary>
public sealed class MigrationBackOffTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_SourceKeepsFailing_IsLeftAloneForLongerAndLonger()
    {
        var time = new FakeTimeProvider();
        using var executor = new MigrationExecutor(new LlumletOptions { BackOff = TimeSpan.FromSeconds(1), MaxBackOff = TimeSpan.FromSeconds(3) }, time);
        MigrationPair pair = Pair("s", UnusedPort());
        async Task<MigrationOutcome> Next(double afterSeconds)
        {
            time.Advance(TimeSpan.FromSeconds(afterSeconds));
            return (await executor.ExecuteAsync([pair], Cancellation))[0].Outcome;
        }

        Assert.Equal(MigrationOutcome.Failed, await Next(0));
        Assert.Equal(MigrationOutcome.Failed, await Next(0)); // One failure may be chance.
        Assert.Equal(MigrationOutcome.BackingOff, await Next(0.9));
        Assert.Equal(MigrationOutcome.Failed, await Next(0.1));
        Assert.Equal(MigrationOutcome.BackingOff, await Next(1.9));
        Assert.Equal(MigrationOutcome.Failed, await Next(0.1));
        Assert.Equal(MigrationOutcome.BackingOff, await Next(2.9)); // 3 s, not 4.
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        pair = Pair("s", llumlet.Port);
        Assert.Equal(MigrationOutcome.Migrated, await Next(0.1));
        Assert.Equal(MigrationOutcome.Migrated, await Next(0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Execute_OurClockIsSetByAnHour_TheBackOffIsAsLongAsBefore(int hours)
    {
        var time = new WallClockTimeProvider();
        using var executor = new MigrationExecutor(new LlumletOptions { BackOff = TimeSpan.FromSeconds(1), MaxBackOff = TimeSpan.FromSeconds(3) }, time);
        MigrationPair pair = Pair("s", UnusedPort());
        await executor.ExecuteAsync([pair], Cancellation);
        await executor.ExecuteAsync([pair], Cancellation);
        time.SetWallClock(TimeSpan.FromHours(hours));
        Assert.Equal(MigrationOutcome.BackingOff, (await executor.ExecuteAsync([pair], Cancellation))[0].Outcome);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(MigrationOutcome.Failed, (await executor.ExecuteAsync([pair], Cancellation))[0].Outcome);
    }

    /// <summary>Under the same id, at another address or created later: what failed was another process.</summary>
    [Fact]
    public async Task Execute_SourceRestarts_ItsBackOffIsGone()
    {
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        using var executor = new MigrationExecutor(new LlumletOptions { BackOff = TimeSpan.FromHours(1), MaxBackOff = TimeSpan.FromHours(1) }, new FakeTimeProvider());
        async Task<MigrationResult> Next(MigrationPair pair) => (await executor.ExecuteAsync([pair], Cancellation))[0];
        MigrationPair dead = Pair("s", UnusedPort());
        await Next(dead);
        Assert.Equal(BackOffChange.Begins, (await Next(dead)).BackOff);
        Assert.Equal(MigrationOutcome.BackingOff, (await Next(dead)).Outcome);
        Assert.Equal(MigrationOutcome.Failed, (await Next(dead with { Source = dead.Source with { UtcCreate = 5 } })).Outcome);
        Assert.Equal(MigrationOutcome.Migrated, (await Next(Pair("s", llumlet.Port))).Outcome);
        Assert.Equal(MigrationOutcome.BackingOff, (await Next(dead)).Outcome);
    }

    [Fact]
    public async Task Execute_BackOff_TellsWhenItBeginsAndEnds()
    {
        await using FakeLlumlet llumlet = await FakeLlumlet.StartAsync();
        bool isWell = false;
        llumlet.Answer = (_, _) => isWell ? Task.FromResult(new MigrateResponse { Success = true }) : throw new RpcException(new Status(StatusCode.Internal, "broken"));
        var time = new FakeTimeProvider();
        using var executor = new MigrationExecutor(new LlumletOptions { BackOff = TimeSpan.FromSeconds(1) }, time);
        async Task<BackOffChange> Next()
        {
            time.Advance(TimeSpan.FromSeconds(30));
            return (await executor.ExecuteAsync([Pair("s", llumlet.Port)], Cancellation))[0].BackOff;
        }

        Assert.Equal(BackOffChange.None, await Next());
        Assert.Equal(BackOffChange.Begins, await Next());
        Assert.Equal(BackOffChange.None, await Next());
        isWell = true;
        Assert.Equal(BackOffChange.Ends, await Next());
        Assert.Equal(BackOffChange.None, await Next());
    }

    [Fact]
    public async Task Execute_SourcesThatAreNotCalledAnyMore_AreForgotten()
    {
        var time = new FakeTimeProvider();
        using var executor = new MigrationExecutor(new LlumletOptions { MaxBackOff = TimeSpan.FromSeconds(30) }, time);
        int gone = UnusedPort();
        await executor.ExecuteAsync([.. Enumerable.Range(0, 20).Select(i => Pair($"s{i}", gone))], Cancellation);
        Assert.Equal(20, executor.FailingSources);
        time.Advance(TimeSpan.FromSeconds(61));
        await executor.ExecuteAsync([], Cancellation);
        Assert.Equal(0, executor.FailingSources);
    }
}
