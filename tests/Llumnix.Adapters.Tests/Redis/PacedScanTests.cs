using Llumnix.Adapters.Redis;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Redis;

public sealed class PacedScanTests
{
    private static readonly TimeSpan Page = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _clock = new();
    private readonly PacedScan _scan;
    private int _pages;

    public PacedScanTests() => _scan = new PacedScan(_clock);

    [Fact]
    public async Task Advance_FirstRound_EndsAtOnce()
    {
        Assert.True(await _scan.AdvanceAsync(PageOf(1000)));
        Assert.Equal((1000, true), (_pages, _scan.HasCompleted));
    }

    [Fact]
    public async Task Advance_FewKeys_ARoundAtEveryCall()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.True(await _scan.AdvanceAsync(PageOf(3)));
            _clock.Advance(Interval);
        }

        Assert.Equal(300, _pages);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(100)]
    [InlineData(5)]
    public async Task Advance_ManyKeys_NoMoreThanItsShareOfTheTime(int intervalMs)
    {
        await _scan.AdvanceAsync(PageOf(2000));
        (int before, long start) = (_pages, _clock.GetTimestamp());
        int rounds = 0;
        while (_clock.GetElapsedTime(start) < TimeSpan.FromMinutes(10))
        {
            _clock.Advance(TimeSpan.FromMilliseconds(intervalMs));
            rounds += await _scan.AdvanceAsync(PageOf(2000)) ? 1 : 0;
        }

        double share = (_pages - before) * Page / _clock.GetElapsedTime(start);
        Assert.InRange(share, PacedScan.Share * 0.95, PacedScan.Share * 1.01);
        Assert.Equal(7, rounds);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3600, 0)]
    public async Task Advance_PageFailsAfterLong_ItsTimeCountsForSecondsAtMost(int seconds, int restSeconds)
    {
        await _scan.AdvanceAsync(PageOf(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => _scan.AdvanceAsync(cursor =>
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds));
            throw new TimeoutException();
        }));

        for (int i = 0; i < restSeconds; i++)
        {
            Assert.False(await _scan.AdvanceAsync(PageOf(1)));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(await _scan.AdvanceAsync(PageOf(1)));
    }

    [Fact]
    public async Task Restart_InTheMiddle_TheRoundBeginsAnew()
    {
        await _scan.AdvanceAsync(PageOf(2000));
        _clock.Advance(Interval);
        Assert.False(await _scan.AdvanceAsync(PageOf(2000)));
        Assert.False(_scan.IsAtStart);

        _scan.Restart();

        Assert.True(_scan.IsAtStart);
    }

    /// <summary>Reads pages of a keyspace of so many; the cursor counts them.</summary>
    private Func<RedisValue, Task<RedisValue>> PageOf(int count) => cursor =>
    {
        _clock.Advance(Page);
        _pages++;
        return Task.FromResult<RedisValue>(((int)cursor + 1) % count);
    };
}
