using Llumnix.Adapters.EngineSignals;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Metrics of reading the engines' own metrics.</summary>
internal sealed class EngineMetricsTelemetry
{
    private readonly Gauge _engines;
    private readonly Gauge _recognised;
    private readonly Gauge _down;
    private readonly Counter _reads;
    private readonly Counter.Child[] _failures;

    internal EngineMetricsTelemetry(IMetricFactory factory)
    {
        _engines = factory.CreateGauge("scheduler_engines", "Engines that discovery lists.");
        _recognised = factory.CreateGauge(
            "scheduler_engines_read", "Engines whose own metrics tell their load; the others are scheduled by what was sent to them.");
        _down = factory.CreateGauge("scheduler_engines_down", "Engines whose connections break: they take no requests while others answer.");
        _reads = factory.CreateCounter("scheduler_engine_reads_total", "Reads of engines' metrics that succeeded.");
        _failures = EnumLabel.SeriesOf<EngineReadFailure>(
            factory.CreateCounter("scheduler_engine_read_failures_total", "Reads of engines' metrics that failed, by reason.", ["reason"]));
    }

    internal void Show(EngineStatusState state)
    {
        _engines.Set(state.Engines);
        _recognised.Set(state.Recognised);
        _down.Set(state.Down);
        _reads.IncTo(state.Reads);
        for (int reason = 0; reason < _failures.Length; reason++)
        {
            _failures[reason].IncTo(state.Failures((EngineReadFailure)reason));
        }
    }
}
