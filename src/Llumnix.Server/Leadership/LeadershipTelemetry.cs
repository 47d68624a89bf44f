using Llumnix.Adapters.Leases;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Leadership;

/// <summary>Metrics of the leadership and of forwarded requests.</summary>
internal sealed class LeadershipTelemetry
{
    private readonly Gauge _isLeader;
    private readonly Gauge _isFrozen;
    private readonly Gauge _epoch;
    private readonly Counter _changes;
    private readonly Counter _forwarded;
    private readonly Histogram _latency;

    internal LeadershipTelemetry(IMetricFactory factory)
    {
        _isLeader = factory.CreateGauge("scheduler_is_leader", "1 while this replica decides, also with a frozen lease.");
        _isFrozen = factory.CreateGauge("scheduler_lease_frozen", "1 while this replica leads although nobody reaches the store of leases.");
        _epoch = factory.CreateGauge("scheduler_leader_epoch", "Epoch of the lease of the known leader; 0 when there is none.");
        _changes = factory.CreateCounter("scheduler_leader_changes_total", "Changes of the known leader, also to none.");
        _forwarded = factory.CreateCounter(
            "scheduler_forwarded_total",
            "Requests sent to the leader: answered, answered after a second try, not answered, or refused for lack of a leader or of room.",
            ["outcome"]);
        _latency = factory.CreateHistogram(
            "scheduler_forwarded_duration_milliseconds",
            "Time from the reading of a request to the leader's answer, in milliseconds.",
            new HistogramConfiguration { Buckets = Buckets.DurationMs });
        foreach (string outcome in (ReadOnlySpan<string>)["answered", "retried", "failed", "no_leader", "busy"])
        {
            _forwarded.WithLabels(outcome);
        }
    }

    internal void OnForwarded(string outcome, TimeSpan duration)
    {
        _forwarded.WithLabels(outcome).Inc();
        if (outcome is "answered" or "retried")
        {
            _latency.Observe(duration.TotalMilliseconds);
        }
    }

    internal void OnChanged() => _changes.Inc();

    internal void Show(bool isLeading, LeaseView? view)
    {
        _isLeader.Set(isLeading ? 1 : 0);
        _isFrozen.Set(isLeading && view?.Role == LeaseRole.Frozen ? 1 : 0);
        _epoch.Set(view?.Current is { IsHeld: true } leader ? leader.Epoch : 0);
    }
}
