using System.Text.Json.Serialization;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate;

/// <summary>The scenario of <c>llumnix simulate</c>: a workload at some rates, on a fleet, for several contestants.</summary>
internal sealed record Scenario
{
    /// <summary>The requests.</summary>
    public WorkloadScenario Workload { get; init; } = new();

    /// <summary>Groups of equal engines, in order.</summary>
    public IReadOnlyList<EngineGroup> Fleet { get; init; } = [new()];

    /// <summary>
    /// The index of the group whose step times the scheduler gets as its profile, which takes one for the whole fleet. Null: 0. A contestant's own flags take
    /// precedence.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SchedulerProfileGroup { get; init; }

    /// <summary>How requests are scheduled.</summary>
    public SchedulingMode Mode { get; init; } = SchedulingMode.Neutral;

    /// <summary>The compared contestants, at least one.</summary>
    public IReadOnlyList<Contestant> Contestants { get; init; } = [new(Contestant.DefaultName)];

    /// <summary>Target time to first token, milliseconds.</summary>
    public double TtftSloMs { get; init; } = 6000;

    /// <summary>Target time per output token, milliseconds.</summary>
    public double TpotSloMs { get; init; } = 50;

    /// <summary>Least time between two pushes of a status, milliseconds.</summary>
    public double PushIntervalMs { get; init; } = 40;

    /// <summary>Time from a gateway's question until the request is at its engine, milliseconds.</summary>
    public double DispatchDelayMs { get; init; } = 1;

    /// <summary>Interval at which gateways ask again for a deferred request, milliseconds, above 0.</summary>
    public double AskAgainMs { get; init; } = 1000;

    /// <summary>For how long they ask, seconds, 0 or above; then the request is refused.</summary>
    public double AskAgainForSeconds { get; init; } = 10;

    /// <summary>
    /// Time from a question to the KV metadata service until its answer, milliseconds, 0 or above. Contestants with cache-aware scheduling ask it
    /// before they decide.
    /// </summary>
    public double KvMetadataDelayMs { get; init; } = new StatusPath().KvMetadataDelay.TotalMilliseconds;

    /// <summary>Time from the moment that a plain engine makes its page of metrics until the scheduler has a status, milliseconds, 0 or above.</summary>
    public double EngineReadDelayMs { get; init; } = new EngineReads().Delay.TotalMilliseconds;

    /// <summary>Faults of engines.</summary>
    public IReadOnlyList<FaultScenario> Faults { get; init; } = [];

    /// <summary>Seed of all randomness, the first one where there are several.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Number of seeds, counted up from <see cref="Seed"/>, with which everything is played; at least 1.</summary>
    public int Seeds { get; init; } = 1;
}
