namespace Llumnix.Cluster.Llumlets;

/// <summary>Leaves sources alone whose calls keep failing. For any threads.</summary>
internal sealed class SourceBackOff(LlumletOptions options, TimeProvider time)
{
    /// <summary>Sources that have left are forgotten when there are more entries than any fleet has.</summary>
    private const int MaxSources = 8192;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Failures, long FailedAt, TimeSpan Pause)> _sources = new(StringComparer.Ordinal);

    /// <summary>How long a source is still to be left alone; zero when it may be called.</summary>
    public TimeSpan Remaining(string sourceId)
    {
        lock (_lock)
        {
            TimeSpan remaining = _sources.TryGetValue(sourceId, out (int Failures, long FailedAt, TimeSpan Pause) source)
                ? source.Pause - time.GetElapsedTime(source.FailedAt)
                : TimeSpan.Zero;
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    /// <summary>A call went through, whatever the answer.</summary>
    public void Answered(string sourceId)
    {
        lock (_lock)
        {
            _sources.Remove(sourceId);
        }
    }

    /// <summary>A call failed. The first failure costs nothing: it may have been chance.</summary>
    public void Failed(string sourceId)
    {
        lock (_lock)
        {
            if (_sources.Count >= MaxSources)
            {
                _sources.Clear();
            }

            int failures = Math.Min(30, _sources.GetValueOrDefault(sourceId).Failures + 1);
            TimeSpan pause = failures < 2 ? TimeSpan.Zero : options.BackOff * Math.Pow(2, failures - 2);
            _sources[sourceId] = (failures, time.GetTimestamp(), pause < options.MaxBackOff ? pause : options.MaxBackOff);
        }
    }
}
