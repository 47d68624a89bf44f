using Llumnix.Adapters.Discovery;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Metrics of discovery.</summary>
internal sealed class DiscoveryTelemetry : IDiscoveryObserver
{
    private readonly Counter _skipped;
    private readonly Gauge _available;
    private readonly Gauge _silent;

    internal DiscoveryTelemetry(IMetricFactory factory)
    {
        _skipped = factory.CreateCounter(
            "scheduler_discovery_entries_skipped_total", "Entries of discovery, or instances in them, that could not be used.", ["reason"]);
        _available = factory.CreateGauge("scheduler_discovery_available", "1 while discovery answers, else 0 and the last list is used.");
        _silent = factory.CreateGauge(
            "scheduler_discovery_silent",
            "1 while discovery answers, but nothing in it changes any more or it has lost all instances: the last list is used; else 0.");
    }

    public void EntrySkipped(DiscoverySkipReason reason) => _skipped.WithLabels(reason.ToString()).Inc();

    internal void Show(DiscoveryState state)
    {
        _available.Set(state.Available ? 1 : 0);
        _silent.Set(state.Silence is null ? 0 : 1);
    }
}
