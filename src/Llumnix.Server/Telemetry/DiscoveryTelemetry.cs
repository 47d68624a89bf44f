using Llumnix.Adapters.Discovery;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Metrics of discovery.</summary>
internal sealed class DiscoveryTelemetry : IDiscoveryObserver
{
    private readonly Counter.Child[] _skipped;
    private readonly Gauge _available;
    private readonly Gauge _silent;

    /// <param name="factory">Makes the metrics.</param>
    /// <param name="program">What their names begin with.</param>
    internal DiscoveryTelemetry(IMetricFactory factory, string program = "scheduler")
    {
        _skipped = EnumLabel.SeriesOf<DiscoverySkipReason>(factory.CreateCounter(
            $"{program}_discovery_entries_skipped_total", "Entries of discovery, or instances in them, that could not be used, by reason.", ["reason"]));
        _available = factory.CreateGauge($"{program}_discovery_available", "1 while discovery answers, else 0 and the last list is used.");
        _silent = factory.CreateGauge(
            $"{program}_discovery_silent",
            "1 while discovery answers, but nothing in it changes any more or it has lost all instances: the last list is used; else 0.");
    }

    public void EntrySkipped(DiscoverySkipReason reason) => _skipped[(int)reason].Inc();

    internal void Show(DiscoveryState state)
    {
        _available.Set(state.Available ? 1 : 0);
        _silent.Set(state.Silence is null ? 0 : 1);
    }
}
