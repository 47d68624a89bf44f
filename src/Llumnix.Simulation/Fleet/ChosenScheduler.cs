namespace Llumnix.Simulation.Fleet;

/// <summary>Which of several schedulers a request's gateway asks: a random one, the same one for all calls of the request.</summary>
internal static class ChosenScheduler
{
    /// <param name="requestId">The request's id.</param>
    /// <param name="schedulers">Number of schedulers, at least 1.</param>
    /// <returns>The scheduler's index, from 0.</returns>
    internal static int IndexOf(ReadOnlySpan<char> requestId, int schedulers)
    {
        // FNV-1a, so that the same scenario gives the same results in every process.
        uint hash = 2166136261;
        foreach (char c in requestId)
        {
            hash = (hash ^ c) * 16777619;
        }

        return (int)((hash >> 8) % (uint)schedulers);
    }
}
