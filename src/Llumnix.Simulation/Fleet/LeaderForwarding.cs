namespace Llumnix.Simulation.Fleet;

/// <summary>
/// Several schedulers of which the first one, the leader, decides: gateways ask a random one, and followers forward the question to the leader and its answer back.
/// Releases and reports take no time, as with one scheduler.
/// </summary>
/// <param name="Schedulers">Number of schedulers, the leader included; at least 1.</param>
/// <param name="Delay">Time that forwarding adds to a question and its answer together, not negative; each way takes half of it.</param>
public sealed record LeaderForwarding(int Schedulers, TimeSpan Delay)
{
    /// <summary>Time that a request's question, or its answer, takes longer than straight to the leader.</summary>
    /// <param name="requestId">The request's id.</param>
    internal TimeSpan OneWay(string requestId) => ChosenScheduler.IndexOf(requestId, Schedulers) == 0 ? TimeSpan.Zero : Delay / 2;
}
