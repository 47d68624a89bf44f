using Llumnix.Simulation.Workloads;

namespace Llumnix.Cli.Load;

/// <summary>One request of the load.</summary>
/// <param name="Id">Unique id.</param>
/// <param name="Arrival">Its lengths.</param>
/// <param name="Timeline">The times of its events.</param>
internal sealed record LoadRequest(string Id, RequestArrival Arrival, RequestTimeline Timeline)
{
    /// <summary>The prompt's token ids.</summary>
    public uint[] TokenIds { get; } = PromptTokens.Of(Arrival);
}
