using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Traces;

/// <summary>Reads one trace, row by row. An object reads one trace only.</summary>
internal interface ITraceFormat
{
    /// <summary>Whether the first row is a header, without which no other row can be read.</summary>
    bool HasHeader { get; }

    /// <summary>Takes the next row that is not blank; the first one may be a header.</summary>
    /// <returns>What is wrong with it, naming the column; null when nothing is.</returns>
    string? ReadRow(string row);

    /// <summary>The arrivals of all rows, in the order of their offsets, the first at zero.</summary>
    IReadOnlyList<RequestArrival> ToArrivals();
}
