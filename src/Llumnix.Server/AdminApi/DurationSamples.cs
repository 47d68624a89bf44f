using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Server.AdminApi;

/// <summary>Durations of one interval, for their percentiles. Of more than it keeps, the oldest make room. Not thread-safe.</summary>
/// <param name="targetMs">The target; null without one.</param>
internal sealed class DurationSamples(double? targetMs)
{
    private const int MaxKept = 4096;
    private readonly List<float> _kept = [];
    private long _count;
    private long _met;

    /// <summary>Share of the durations within the target, 0 to 1; null without a target or durations.</summary>
    internal double? Attainment => targetMs is null || _count == 0 ? null : (double)_met / _count;

    internal void Add(double ms)
    {
        if (_kept.Count < MaxKept)
        {
            _kept.Add((float)ms);
        }
        else
        {
            _kept[(int)(_count % MaxKept)] = (float)ms;
        }

        _count++;
        _met += ms <= targetMs ? 1 : 0;
    }

    internal void Clear()
    {
        _kept.Clear();
        _count = _met = 0;
    }

    /// <summary>The percentiles by nearest rank; null without durations.</summary>
    internal Percentiles? ToPercentiles()
    {
        if (_count == 0)
        {
            return null;
        }

        float[] sorted = [.. _kept];
        Array.Sort(sorted);
        return new Percentiles(_count, At(0.5), At(0.9), At(0.99));

        double At(double quantile) => Math.Round(sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1], 2);
    }
}
