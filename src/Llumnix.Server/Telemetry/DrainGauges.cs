using Llumnix.Scheduling.Draining;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Gauges of draining instances, set at each scrape. When an instance leaves or its drain is undone, its series are removed.</summary>
internal sealed class DrainGauges
{
    private readonly Gauge _drains;
    private readonly Gauge _requests;
    private readonly Gauge _estimate;
    private readonly Gauge _safe;
    private HashSet<string> _shown = [];

    internal DrainGauges(IMetricFactory factory)
    {
        _drains = factory.CreateGauge("scheduler_drains", "Drains in force.");
        _requests = factory.CreateGauge("scheduler_drain_requests", "Requests that a draining instance still has.", ["instance_id"]);
        _estimate = factory.CreateGauge(
            "scheduler_drain_estimated_seconds", "Estimated time until a draining instance is empty, in seconds; NaN while it is not known.", ["instance_id"]);
        _safe = factory.CreateGauge("scheduler_drain_safe_to_delete", "1 when a draining instance can be deleted without harm.", ["instance_id"]);
    }

    /// <summary>Shows the drains. One call at a time.</summary>
    internal void Show(IReadOnlyList<DrainReport> drains)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        foreach (DrainingInstance instance in drains.SelectMany(static drain => drain.Instances).Where(instance => shown.Add(instance.Id)))
        {
            _requests.WithLabels(instance.Id).Set(instance.Work.Requests);
            _estimate.WithLabels(instance.Id).Set(instance.EmptyIn?.TotalSeconds ?? double.NaN);
            _safe.WithLabels(instance.Id).Set(instance.IsSafeToDelete ? 1 : 0);
        }

        foreach (string gone in _shown.Except(shown))
        {
            _requests.RemoveLabelled(gone);
            _estimate.RemoveLabelled(gone);
            _safe.RemoveLabelled(gone);
        }

        _shown = shown;
        _drains.Set(drains.Count);
    }
}
