using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// Arrival times of the newest prefills of an instance. Engines serve in order of arrival, so that the waiting prefills are the newest of these.
/// Guarded by the scheduler's lock.
/// </summary>
/// <param name="capacity">Number of remembered arrivals.</param>
internal sealed class PrefillArrivals(int capacity)
{
    // Made with the instance: a decision allocates nothing.
    private readonly double[] _times = new double[capacity];
    private int _next;
    private int _count;

    /// <summary>Adds an arrival.</summary>
    /// <param name="atMs">
    /// Arrival time in milliseconds by the clock of <see cref="Requests.RequestFacts.NowMs"/>; positive infinity for a prefill that is late anyway.
    /// </param>
    public void Add(double atMs)
    {
        _times[_next] = atMs;
        _next = (_next + 1) % capacity;
        _count = Math.Min(_count + 1, capacity);
    }

    /// <summary>The earliest of the newest arrivals that is after a given time; positive infinity when there is none.</summary>
    /// <param name="newest">Number of newest arrivals; those that are not remembered are ignored.</param>
    /// <param name="since">Arrivals up to this time are ignored.</param>
    public double EarliestOf(long newest, double since = double.NegativeInfinity)
    {
        double earliest = double.PositiveInfinity;
        for (int i = 1; i <= Math.Min(newest, _count); i++)
        {
            double time = _times[(_next - i + capacity) % capacity];
            earliest = time > since ? Math.Min(earliest, time) : earliest;
        }

        return earliest;
    }
}
