using Llumnix.Scheduling.Instances;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Server.AdminApi;

/// <summary>The fleet at one moment, as the admin API tells it; the instances have no indexes yet.</summary>
/// <param name="InFlight">Placements in the account, counted once per role.</param>
/// <param name="Instances">The instances.</param>
public sealed record FleetSample(int InFlight, IReadOnlyList<FleetInstance> Instances)
{
    /// <summary>The names of <see cref="InstanceHealth"/>, in its order.</summary>
    internal static readonly string[] HealthNames = ["ok", "unschedulable", "stale", "failover", "draining", "unreachable"];

    /// <summary>Why an instance gets no requests, in the order of <see cref="HealthNames"/>.</summary>
    internal static readonly string[] HealthReasons =
    [
        "",
        "its own status says that it takes no requests",
        "its status has not changed for longer than the limit",
        "an instance of its failover domain has failed",
        "it is being drained",
        "nothing answers at its address",
    ];

    /// <summary>The fleet of full mode.</summary>
    public static FleetSample Of(ClusterSnapshot cluster) => new(cluster.LedgerEntries, [.. cluster.Instances.Select(Of)]);

    /// <summary>The fleet of lite mode, in which the load is what gateways report.</summary>
    public static FleetSample Of(LiteModeSnapshot fleet) => new(fleet.States, [.. fleet.Instances.Select(Of)]);

    private static FleetInstance Of(InstanceSnapshot instance)
    {
        InstanceMetadata metadata = instance.Metadata;
        InstanceStatus status = instance.Status;
        int health = (int)instance.ToldHealth;
        return new FleetInstance(
            -1,
            metadata.InstanceId,
            HostAddress.EndpointOf(metadata.Host, metadata.ApiServerPort),
            metadata.InferType.ToName(),
            Known(metadata.UnitId),
            Known(metadata.NodeId),
            metadata.Models,
            metadata.BackendType,
            HealthNames[health],
            HealthReasons[health],
            instance.IsUnreachable,
            (long)instance.StatusAge.TotalMilliseconds,
            status.RunningRequestCount,
            status.WaitingRequestCount,
            status.UsedGpuTokens,
            status.TotalGpuTokens,
            Math.Round(instance.Load.KvCacheUsageRatioProjected, 4),
            instance.Dispatched.Requests,
            instance.Load.DecodeBatchSize,
            Math.Round(instance.Load.AllPrefillsTokens),
            instance.Load.AllDecodesTokens,
            TrackedTokens: null);
    }

    private static FleetInstance Of(LiteModeInstanceSnapshot instance)
    {
        DiscoveredInstance description = instance.Description;
        InstanceHealth health = instance.IsDraining ? InstanceHealth.Draining : InstanceHealth.Ok;
        return new FleetInstance(
            -1,
            description.Id,
            HostAddress.EndpointOf(description.Host, description.Port),
            description.InferType.ToName(),
            "",
            Known(description.NodeId),
            description.Model.Length == 0 ? [] : [description.Model],
            "",
            HealthNames[(int)health],
            HealthReasons[(int)health],
            IsUnreachable: false,
            SignalAgeMs: null,
            instance.Tracked.RunningRequests,
            instance.Tracked.WaitingRequests,
            KvUsedTokens: null,
            KvTotalTokens: null,
            KvProjected: null,
            instance.Tracked.Requests,
            DecodeBatch: null,
            PrefillTokens: null,
            DecodeTokens: null,
            instance.Tracked.Tokens);
    }

    /// <summary>A CMS tells an unknown node or unit as 0.</summary>
    private static string Known(string name) => name == "0" ? "" : name;
}
