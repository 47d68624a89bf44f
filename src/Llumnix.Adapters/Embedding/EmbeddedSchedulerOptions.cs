using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Adapters.Embedding;

/// <summary>What an <see cref="EmbeddedScheduler"/> schedules, and how. Immutable.</summary>
public sealed record EmbeddedSchedulerOptions
{
    /// <summary>The engines from the start; empty where <see cref="EmbeddedScheduler.SetEngines"/> tells them.</summary>
    public IReadOnlyList<ListedEngine> Engines { get; init; } = [];

    /// <summary>The scheduling policy's name: <c>load-balance</c>, <c>round-robin</c>, <c>flood</c> or an added one.</summary>
    public string Policy { get; init; } = "load-balance";

    /// <summary>What policies are made from. The load of neutral engines is measured as <c>llumnix serve</c> does, unless it is set.</summary>
    public PolicyOptions Policies { get; init; } = new()
    {
        Dispatch = new DispatchOptions { Neutral = new LoadCriterion("prefill_tokens_and_requests", 8192) },
    };

    /// <summary>How the metrics of engines are read.</summary>
    public EngineStatusOptions EngineStatus { get; init; } = new();

    /// <summary>Seed of the random choices, not negative; 0 takes one from entropy.</summary>
    public int Seed { get; init; }
}
