using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Fleet;

/// <summary>The parameters of a simulation.</summary>
public sealed record SimulationOptions
{
    /// <summary>The engines, at least one. Their instance ids are replaced.</summary>
    public required IReadOnlyList<EngineConfiguration> Engines { get; init; }

    /// <summary>The requests, in order of time.</summary>
    public required IReadOnlyList<RequestArrival> Arrivals { get; init; }

    /// <summary>How requests are scheduled.</summary>
    public SchedulingMode Mode { get; init; } = SchedulingMode.Neutral;

    /// <summary>Delays between the parts.</summary>
    public StatusPath Path { get; init; } = new();

    /// <summary>How the engines' own metrics are read; null: statuses come from the CMS.</summary>
    public EngineReads? Reads { get; init; }

    /// <summary>How several schedulers tell each other of their placements; null: they do not, or there is one.</summary>
    public PeerExchange? Peers { get; init; }

    /// <summary>Several schedulers of which one decides and the others forward to it; null: there is one, or all decide.</summary>
    public LeaderForwarding? Forwarding { get; init; }

    /// <summary>How gateways report how far requests are; null: they do not.</summary>
    public GatewayReports? Reports { get; init; }

    /// <summary>
    /// Parameters of prefix lookups in the KV metadata service; null: no lookups, as without cache-aware scheduling. The engines' content ids must
    /// then stand for equally many tokens.
    /// </summary>
    public PrefixLookupOptions? PrefixLookup { get; init; }

    /// <summary>Whether the content ids of prompts are told to the placer, for a scheduler that estimates prefix hits from its placements.</summary>
    public bool DoPlacementsNamePrefixes { get; init; }

    /// <summary>Interval at which a gateway asks again for a deferred request; positive.</summary>
    public TimeSpan AskAgainAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For how long a gateway asks from the first answer on, and anew after the failure of an engine; then the request is refused.</summary>
    public TimeSpan AskAgainFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// An engine whose status in the CMS has not changed for so long is probed by the schedulers, once in a second: <c>--instance-probe-after-ms</c>. Zero: never.
    /// </summary>
    public TimeSpan ProbeAfter { get; init; }

    /// <summary>
    /// How often a gateway asks for another engine when one refuses the connection, or crashes before the first token: <c>--retry-max-count</c>, which is 2 unless told
    /// otherwise. A decode on an engine of its own is not asked again.
    /// </summary>
    public int GatewayRetries { get; init; }

    /// <summary>How long requests in progress at the end of the arrivals may go on.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Time between two samples of the timeline, doubled whenever there are more than 1,024.</summary>
    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Faults of engines.</summary>
    public IReadOnlyList<EngineFault> Faults { get; init; } = [];
}
