using System.Text;
using Llumnix.Server.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace Llumnix.Server.Tests.Telemetry;

public sealed class MetricsPageTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _mayFinish = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private int _refreshed;

    private MetricsPage Make(bool isSlow = false)
    {
        MetricFactory factory = Metrics.WithCustomRegistry(_registry);
        Gauge gauge = factory.CreateGauge("refreshed", "Times.");
        return new MetricsPage(_registry, factory, () =>
        {
            gauge.Set(Interlocked.Increment(ref _refreshed));
            if (isSlow)
            {
                _mayFinish.Task.Wait(TestContext.Current.CancellationToken);
            }
        }, _time);
    }

    [Fact]
    public async Task Get_ManyAtATime_OnePageIsMadeForAll()
    {
        MetricsPage page = Make(isSlow: true);
        Task<ReadOnlyMemory<byte>>[] scrapes = [.. Enumerable.Range(0, 16).Select(_ => page.GetAsync())];
        Assert.DoesNotContain(scrapes, scrape => scrape.IsCompleted);
        _mayFinish.SetResult();
        ReadOnlyMemory<byte>[] pages = await Task.WhenAll(scrapes);
        Assert.Equal(1, _refreshed);
        Assert.All(pages, text => Assert.True(text.Span == pages[0].Span));
        Assert.Contains("refreshed 1\n", Encoding.UTF8.GetString(pages[0].Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithinASecond_IsTheSamePageAndThenANewOne()
    {
        MetricsPage page = Make();
        await page.GetAsync();
        _time.Advance(TimeSpan.FromMilliseconds(999));
        await page.GetAsync();
        Assert.Equal(1, _refreshed);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Contains("refreshed 2\n", Encoding.UTF8.GetString((await page.GetAsync()).Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_RefreshFails_TheNextOneTriesAgain()
    {
        int calls = 0;
        var page = new MetricsPage(
            _registry, Metrics.WithCustomRegistry(_registry), () => throw new InvalidOperationException($"{Interlocked.Increment(ref calls)}"), _time);
        await Assert.ThrowsAsync<InvalidOperationException>(page.GetAsync);
        await Assert.ThrowsAsync<InvalidOperationException>(page.GetAsync);
        Assert.Equal(2, calls);
    }
}
