namespace Llumnix.Scheduling.Draining;

/// <summary>
/// The course of one instance's drain: how many requests it had when. Estimates from it when the last one leaves. Guarded by the scheduler's lock.
/// </summary>
/// <remarks>
/// The estimate divides the requests that are left by the rate at which requests have left lately, over the newer three quarters of the departures. Migrations and
/// requests of similar length leave at a constant rate. The silence since the last departure counts, so that the estimate grows while nothing leaves.
/// </remarks>
internal sealed class DrainProgress
{
    /// <summary>Bound of the points: when it is reached, every other one is dropped.</summary>
    private const int MaxPoints = 128;

    /// <summary>Departures from which on an estimate is made; a smaller instance needs a quarter of its requests.</summary>
    private const int EnoughDepartures = 8;

    private readonly List<(long At, long Requests)> _points = [];

    /// <param name="startedAt">Timestamp of the beginning.</param>
    internal DrainProgress(long startedAt) => StartedAt = startedAt;

    /// <summary>Timestamp of the beginning.</summary>
    internal long StartedAt { get; }

    /// <summary>The largest number of requests so far; those in flight at the beginning may come in more than one step.</summary>
    internal long AtStart => _points.Count == 0 ? 0 : _points[0].Requests;

    /// <summary>Since when nothing is left; null while something is.</summary>
    internal long? NothingSince { get; private set; }

    /// <summary>Takes down what is left now.</summary>
    internal void Observe(in DrainWork work, long now)
    {
        NothingSince = work.IsNothing ? NothingSince ?? now : null;
        if (_points.Count == 0 || work.Requests >= _points[0].Requests)
        {
            _points.Clear();
        }
        else if (work.Requests == _points[^1].Requests)
        {
            return;
        }

        _points.Add((now, work.Requests));
        if (_points.Count > MaxPoints)
        {
            Thin();
        }
    }

    /// <summary>Estimated time until no request is left, in ticks of timestamps; null while too few have left.</summary>
    internal double? EmptyIn(long now)
    {
        if (_points.Count == 0)
        {
            return null;
        }

        long left = _points[^1].Requests;
        long departed = AtStart - left;
        if (left == 0)
        {
            return 0;
        }

        if (departed < Math.Min(EnoughDepartures, (AtStart + 3) / 4))
        {
            return null;
        }

        // The newest point at which three quarters of the departures were still to come.
        int from = _points.FindLastIndex(point => 4 * (point.Requests - left) >= 3 * departed);
        (long at, long requests) = _points[from];
        return (double)(now - at) * left / (requests - left);
    }

    private void Thin()
    {
        // The first and the last point stay: what there was at the beginning, and what there is.
        int kept = 1;
        for (int i = 2; i < _points.Count - 1; i += 2)
        {
            _points[kept++] = _points[i];
        }

        _points[kept++] = _points[^1];
        _points.RemoveRange(kept, _points.Count - kept);
    }
}
