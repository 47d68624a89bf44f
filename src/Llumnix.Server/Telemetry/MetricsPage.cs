using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>
/// The Prometheus page: refreshes the gauges and writes all metrics as text, by their names and by those in base units. A page is valid for a second, and only
/// one is made at a time, which all concurrent scrapers receive, so that the work does not grow with their number.
/// </summary>
public sealed class MetricsPage
{
    /// <summary>The type of the page.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private readonly CollectorRegistry _registry;
    private readonly Gauge _uptime;
    private readonly Action _refresh;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Lock _gate = new();
    private Task<Page>? _page;

    /// <summary>Makes the page.</summary>
    /// <param name="registry">The metrics of the page.</param>
    /// <param name="factory">Makes metrics in the registry.</param>
    /// <param name="refresh">Refreshes the gauges; one call at a time.</param>
    /// <param name="time">For the uptime and a page's age.</param>
    public MetricsPage(CollectorRegistry registry, IMetricFactory factory, Action refresh, TimeProvider time)
    {
        _registry = registry;
        _uptime = factory.CreateGauge("uptime_seconds", "Time since the process took up its work, in seconds.");
        BuildInformation.AddTo(factory);
        _refresh = refresh;
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>The page as UTF-8, not older than a second.</summary>
    public async Task<ReadOnlyMemory<byte>> GetAsync() => (await GetPageAsync()).Text;

    /// <summary>The same with each metric once, by the name that dashboards know.</summary>
    public async Task<ReadOnlyMemory<byte>> GetWithoutAliasesAsync()
    {
        Page page = await GetPageAsync();
        return page.Text[..page.LengthWithoutAliases];
    }

    private async Task<Page> GetPageAsync()
    {
        Task<Page> page;
        lock (_gate)
        {
            bool isFresh = _page is { } last && (!last.IsCompleted || (last.IsCompletedSuccessfully && _time.GetElapsedTime(last.Result.At) < Lifetime));
            page = isFresh ? _page! : _page = Task.Run(RenderAsync);
        }

        return await page;
    }

    private async Task<Page> RenderAsync()
    {
        long at = _time.GetTimestamp();
        _refresh();
        _uptime.Set(_time.GetElapsedTime(_start).TotalSeconds);
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text, ExpositionFormat.PrometheusText, CancellationToken.None);
        return new Page(BaseUnitNames.Append(text.GetBuffer().AsSpan(0, (int)text.Length)), (int)text.Length, at);
    }

    private sealed record Page(ReadOnlyMemory<byte> Text, int LengthWithoutAliases, long At);
}
