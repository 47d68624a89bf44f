using System.Text.Json.Serialization;
using Llumnix.Simulation.Traces;

namespace Llumnix.Cli.Simulate;

/// <summary>The requests of a scenario.</summary>
internal sealed record WorkloadScenario
{
    private readonly RecordedTrace _recorded = new();

    /// <summary>A trace file for the lengths and, with <see cref="ArrivalPattern.Trace"/>, the times; null for a built-in workload.</summary>
    public string? Trace { get; init; }

    /// <summary>The name of a built-in workload.</summary>
    public string Name { get; init; } = "azure-conversation";

    /// <summary>The times of the arrivals; null: the trace's, or Poisson without a trace.</summary>
    public ArrivalPattern? Arrivals { get; init; }

    /// <summary>Requests per second, each a run of its own; empty: the trace's or the workload's own rate.</summary>
    public IReadOnlyList<double> Rates { get; init; } = [];

    /// <summary>Number of requests; null: as many as the trace has, or as come within <see cref="DurationSeconds"/>.</summary>
    public int? Requests { get; init; }

    /// <summary>Length of the arrivals in seconds; null: until the requests are used up, or 600 s without a number.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>Requests that arrive within so many seconds from the start on are played and left out of the results; null: none are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? WarmupSeconds { get; init; }

    /// <summary>Each so many'th request is one of others: it goes to the first engine, and only that engine's load tells of it. Null: there are none.</summary>
    public int? OthersEvery { get; init; }

    /// <summary>Reads the trace, once for all copies of this workload; null: there is none.</summary>
    public TraceReading? ReadTrace() => Trace is null ? null : _recorded.Read(Trace);
}
