using System.Diagnostics.CodeAnalysis;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Traces;

/// <summary>The result of reading a trace: its arrivals, or an error.</summary>
public sealed class TraceReading
{
    private TraceReading(IReadOnlyList<RequestArrival> arrivals, string? error) => (Arrivals, Error) = (arrivals, error);

    /// <summary>The requests in the order of their arrival, the first at offset zero; empty after an error.</summary>
    public IReadOnlyList<RequestArrival> Arrivals { get; }

    /// <summary>The error, with file, line and column as far as they apply; null when there is none.</summary>
    public string? Error { get; }

    /// <summary>Whether the trace could be read.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsValid => Error is null;

    internal static TraceReading Of(IReadOnlyList<RequestArrival> arrivals) => new(arrivals, null);

    internal static TraceReading Failed(string error) => new([], error);
}
