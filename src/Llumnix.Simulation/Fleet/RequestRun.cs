using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Fleet;

/// <summary>The state of a request in the simulation.</summary>
internal sealed class RequestRun(int index, RequestArrival arrival)
{
    public string Id { get; } = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"r{index}");

    public RequestArrival Arrival { get; } = arrival;

    /// <summary>The engine of the prefill, or of the whole request.</summary>
    public PlacedInstance First { get; set; }

    public int FirstEngine { get; set; } = -1;

    /// <summary>The engine of the decode, if that is a stage of its own.</summary>
    public PlacedInstance? Second { get; set; }

    public int SecondEngine { get; set; } = -1;

    /// <summary>Ids of the engines that have failed it before it had a token.</summary>
    public List<string> Failed { get; } = [];

    /// <summary>Since when its gateway waits for a placement: its first answer that the request is held back; null before.</summary>
    public TimeSpan? WaitsSince { get; set; }

    public TimeSpan FirstTokenAt { get; set; }

    public int Tokens { get; set; }

    public int Preemptions { get; set; }

    public int Migrations { get; set; }
}
