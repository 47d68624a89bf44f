using Llumnix.Scheduling.Instances;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>The gauge that tells by which names an instance is known, set at each scrape. When an instance leaves, its series is removed.</summary>
internal sealed class InstanceInformation(IMetricFactory factory)
{
    private readonly Gauge _gauge = factory.CreateGauge(
        "scheduler_instance_info",
        "Always 1; the labels tell an instance's id in metrics and explanations, its id in the answers of /schedule, and where its API server listens.",
        ["instance_id", "id", "address"]);

    private HashSet<(string InstanceId, string Id, string Address)> _shown = [];

    /// <summary>Shows the instances. One call at a time.</summary>
    internal void Show(IEnumerable<InstanceAddress> instances)
    {
        HashSet<(string InstanceId, string Id, string Address)> shown =
            [.. instances.Select(static instance => (instance.InstanceId, instance.WireId, HostAddress.EndpointOf(instance.Host, instance.Port)))];
        foreach ((string instanceId, string id, string address) in _shown.Except(shown))
        {
            _gauge.RemoveLabelled(instanceId, id, address);
        }

        foreach ((string instanceId, string id, string address) in shown)
        {
            _gauge.WithLabels(instanceId, id, address).Set(1);
        }

        _shown = shown;
    }
}
