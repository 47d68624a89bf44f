using Llumnix.Scheduling.Instances;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Gauges of the cluster, set at each scrape. When an instance leaves, its series are removed.</summary>
internal sealed class ClusterGauges
{
    private static readonly string[] States = ["ok", "unschedulable", "stale", "failover", "draining", "unreachable"];
    private readonly InstanceInformation _information;
    private readonly Gauge[] _perInstance;
    private readonly Gauge _statusAge;
    private readonly Gauge _instances;
    private readonly Gauge _classes;
    private readonly Gauge _unreachable;
    private readonly Gauge _ledgerEntries;
    private readonly Counter _ledgerExpired;
    private HashSet<(string Id, string InferType)> _shown = [];

    internal ClusterGauges(IMetricFactory factory)
    {
        _information = new InstanceInformation(factory);
        _perInstance =
        [
            .. InstanceGauge.All.Select(gauge => factory.CreateGauge(
                $"instance_cms_{gauge.Name}", gauge.Help, ["instance_id", "infer_type"])),
        ];
        _statusAge = factory.CreateGauge(
            "scheduler_cms_status_age_seconds", "Time since the instance's status changed last, in seconds.", ["instance_id"]);
        _instances = factory.CreateGauge("scheduler_instances", "Instances, by infer type and state.", ["infer_type", "state"]);
        _classes = factory.CreateGauge(
            "scheduler_latency_class_instances",
            "Instances, by the class of profiling tables that predicts their latencies: a class of --latency-profiles, default, or none for instances without tables, on which no target is met.",
            ["class"]);
        _unreachable = factory.CreateGauge(
            "scheduler_unreachable_instances", "Instances at whose address nothing answers, whether they are out or not.");
        _ledgerEntries = factory.CreateGauge("scheduler_ledger_entries", "Placements in flight that no status has named yet.");
        _ledgerExpired = factory.CreateCounter("scheduler_ledger_expired_total", "Placements that no status ever named.");
    }

    /// <summary>Shows a snapshot. One call at a time.</summary>
    internal void Show(ClusterSnapshot cluster)
    {
        var shown = new HashSet<(string Id, string InferType)>(cluster.Instances.Count);
        foreach (InstanceSnapshot instance in cluster.Instances)
        {
            Show(instance, shown);
        }

        foreach ((string id, string inferType) in _shown.Except(shown))
        {
            Remove(id, inferType, isGone: !shown.Any(s => s.Id == id));
        }

        _shown = shown;
        _information.Show(cluster.Instances.Select(static instance => FullModeInstance.AddressOf(instance.Metadata)));
        CountByState(cluster);
        CountByClass(cluster);
        _unreachable.Set(cluster.Instances.Count(static i => i.IsUnreachable));
        _ledgerEntries.Set(cluster.LedgerEntries);
        _ledgerExpired.IncTo(cluster.LedgerExpiredTotal);
    }

    private void Show(InstanceSnapshot instance, HashSet<(string Id, string InferType)> shown)
    {
        string id = instance.Metadata.InstanceId;
        string inferType = instance.Metadata.InferType.ToName();
        shown.Add((id, inferType));
        for (int i = 0; i < _perInstance.Length; i++)
        {
            _perInstance[i].WithLabels(id, inferType).Set(InstanceGauge.All[i].Value(instance));
        }

        _statusAge.WithLabels(id).Set(instance.StatusAge.TotalSeconds);
    }

    private void Remove(string id, string inferType, bool isGone)
    {
        foreach (Gauge gauge in _perInstance)
        {
            gauge.RemoveLabelled(id, inferType);
        }

        if (isGone)
        {
            _statusAge.RemoveLabelled(id);
        }
    }

    /// <summary>A class stays once it was there: how many of its instances are left is what an operator asks.</summary>
    private void CountByClass(ClusterSnapshot cluster)
    {
        var counts = cluster.Instances.Where(static instance => instance.LatencyClass is not null).CountBy(static instance => instance.LatencyClass!).ToDictionary();
        foreach (string[] labels in _classes.GetAllLabelValues().Where(labels => !counts.ContainsKey(labels[0])).ToArray())
        {
            _classes.WithLabels(labels).Set(0);
        }

        foreach ((string name, int count) in counts)
        {
            _classes.WithLabels(name).Set(count);
        }
    }

    private void CountByState(ClusterSnapshot cluster)
    {
        for (InferType type = InferType.Neutral; type <= InferType.Decode; type++)
        {
            for (InstanceHealth health = InstanceHealth.Ok; health <= InstanceHealth.Unreachable; health++)
            {
                int count = cluster.Instances.Count(i => i.Metadata.InferType == type && i.ToldHealth == health);
                _instances.WithLabels(type.ToName(), States[(int)health]).Set(count);
            }
        }
    }
}
