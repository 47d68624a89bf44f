using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// When the newest prefills were sent to an instance. Engines serve in the order of arrival, so of the prefills that wait there the newest of
/// these are known. Guarded by the scheduler's lock.
/// </summary>
/// <param name="capacity">So many are remembered; of longer queues the newest.</param>
internal sealed class PrefillArrivals(int capacity)
{
    private double[]? _times;
    private int _next;
    private int _count;

    /// <summary>A prefill was sent.</summary>
    /// <param name="atMs">When, milliseconds by the clock of <see cref="Requests.RequestFacts.NowMs"/>; positive infinity for one that is late anyway.</param>
    public void Add(double atMs)
    {
        // Many instances never get a prefill.
        _times ??= new double[capacity];
        _times[_next] = atMs;
        _next = (_next + 1) % capacity;
        _count = Math.Min(_count + 1, capacity);
    }

    /// <summary>The earliest time since a moment among the newest ones; positive infinity when there are none.</summary>
    /// <param name="newest">How many; those beyond what is remembered are left out.</param>
    /// <param name="since">The moment; earlier ones do not count.</param>
    public double EarliestOf(long newest, double since = double.NegativeInfinity)
    {
        double earliest = double.PositiveInfinity;
        for (int i = 1; i <= Math.Min(newest, _count); i++)
        {
            double time = _times![(_next - i + capacity) % capacity];
            earliest = time > since ? Math.Min(earliest, time) : earliest;
        }

        return earliest;
    }
}
