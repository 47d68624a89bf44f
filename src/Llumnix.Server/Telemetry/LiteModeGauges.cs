using Llumnix.Scheduling.Instances;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Gauges of lite mode's fleet, set at each scrape. When an instance leaves, its series are removed.</summary>
internal sealed class LiteModeGauges
{
    private static readonly (string Name, string Help, Func<TrackedLoad, double> Value)[] Numbers =
    [
        ("total_tokens", "Tokens of the requests placed on the instance: prompt and output, as far as gateways have reported them.", static held => held.Tokens),
        ("waiting_tokens", "Tokens of the requests placed on the instance whose prefill is not done.", static held => held.WaitingTokens),
        ("running_tokens", "Tokens of the requests placed on the instance whose prefill is done.", static held => held.RunningTokens),
        ("total_requests", "Requests placed on the instance.", static held => held.Requests),
        ("waiting_requests", "Requests placed on the instance whose prefill is not done.", static held => held.WaitingRequests),
        ("running_requests", "Requests placed on the instance whose prefill is done.", static held => held.RunningRequests),
    ];

    private readonly InstanceInformation _information;
    private readonly Gauge[] _perInstance;
    private readonly Gauge _instances;
    private readonly Gauge _states;
    private readonly Counter _expired;
    private readonly Gauge _gateways;
    private HashSet<(string Model, string Id, string InferType)> _shown = [];

    internal LiteModeGauges(IMetricFactory factory)
    {
        _information = new InstanceInformation(factory);
        _perInstance =
        [
            .. Numbers.Select(number => factory.CreateGauge(
                $"instance_lrs_{number.Name}", number.Help, ["model", "instance_id", "infer_type"])),
        ];
        _instances = factory.CreateGauge("scheduler_instances", "Instances, by infer type and state.", ["infer_type", "state"]);
        _states = factory.CreateGauge("scheduler_request_states", "Request states held; a request with a prefill and a decode instance has two.");
        _expired = factory.CreateCounter("scheduler_request_states_expired_total", "Request states that ended by time, never released.");
        _gateways = factory.CreateGauge("scheduler_gateways_connected", "Gateways with a keep-alive connection.");
    }

    /// <summary>Shows a snapshot. One call at a time.</summary>
    internal void Show(LiteModeSnapshot fleet)
    {
        var shown = new HashSet<(string Model, string Id, string InferType)>(fleet.Instances.Count);
        foreach (LiteModeInstanceSnapshot instance in fleet.Instances)
        {
            Show(instance, shown);
        }

        foreach ((string model, string id, string inferType) in _shown.Except(shown))
        {
            Array.ForEach(_perInstance, gauge => gauge.RemoveLabelled(model, id, inferType));
        }

        _shown = shown;
        _information.Show(fleet.Instances.Select(static instance => LiteModeInstance.AddressOf(instance.Description)));
        for (InferType type = InferType.Neutral; type <= InferType.Decode; type++)
        {
            _instances.WithLabels(type.ToName(), "ok").Set(fleet.Instances.Count(i => i.Description.InferType == type && !i.IsDraining));
            _instances.WithLabels(type.ToName(), "draining").Set(fleet.Instances.Count(i => i.Description.InferType == type && i.IsDraining));
        }

        _states.Set(fleet.States);
        _expired.IncTo(fleet.StatesExpiredTotal);
        _gateways.Set(fleet.ConnectedGateways);
    }

    private void Show(LiteModeInstanceSnapshot instance, HashSet<(string Model, string Id, string InferType)> shown)
    {
        DiscoveredInstance description = instance.Description;
        string inferType = description.InferType.ToName();
        shown.Add((description.Model, description.Id, inferType));
        for (int i = 0; i < Numbers.Length; i++)
        {
            _perInstance[i].WithLabels(description.Model, description.Id, inferType).Set(Numbers[i].Value(instance.Tracked));
        }
    }
}
