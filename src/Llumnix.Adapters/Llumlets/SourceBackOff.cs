using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Llumlets;

/// <summary>
/// Backs off from sources whose calls keep failing. Failures belong to a process: its successor under the same id starts without any. For any
/// threads.
/// </summary>
internal sealed class SourceBackOff(LlumletOptions options, TimeProvider time)
{
    /// <summary>Largest number of remembered sources: more than any fleet has.</summary>
    private const int MaxSources = 8192;

    /// <summary>Failures in a row from which a source is backed off. A single one may have been chance.</summary>
    private const int FirstPause = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<InstanceIncarnation, Failing> _sources = [];

    /// <summary>Sources whose last call has failed.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sources.Count;
            }
        }
    }

    /// <summary>Remaining back-off of a source; zero when it may be called.</summary>
    public TimeSpan Remaining(InstanceIncarnation source)
    {
        lock (_lock)
        {
            TimeSpan remaining = _sources.TryGetValue(source, out Failing failing) ? failing.Pause - time.GetElapsedTime(failing.At) : TimeSpan.Zero;
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    /// <summary>Records that a call was answered, whatever the answer.</summary>
    /// <returns>Whether this ends the back-off.</returns>
    public bool Answered(InstanceIncarnation source)
    {
        lock (_lock)
        {
            return _sources.Remove(source, out Failing failing) && failing.Failures >= FirstPause;
        }
    }

    /// <summary>Records that a call failed.</summary>
    /// <returns>Whether this begins the back-off.</returns>
    public bool Failed(InstanceIncarnation source)
    {
        lock (_lock)
        {
            if (_sources.Count >= MaxSources && !_sources.ContainsKey(source))
            {
                return false;
            }

            int failures = Math.Min(30, _sources.GetValueOrDefault(source).Failures + 1);
            TimeSpan pause = failures < FirstPause ? TimeSpan.Zero : options.BackOff * Math.Pow(2, failures - FirstPause);
            _sources[source] = new Failing(failures, time.GetTimestamp(), pause < options.MaxBackOff ? pause : options.MaxBackOff);
            return failures == FirstPause;
        }
    }

    /// <summary>Forgets sources that have not been called for long: they have left, or no migration from them is planned.</summary>
    public void ForgetOld()
    {
        lock (_lock)
        {
            foreach ((InstanceIncarnation source, Failing failing) in _sources)
            {
                if (time.GetElapsedTime(failing.At) > failing.Pause + (2 * options.MaxBackOff))
                {
                    _sources.Remove(source);
                }
            }
        }
    }

    /// <param name="Failures">Failures in a row.</param>
    /// <param name="At">Monotonic timestamp of the last one.</param>
    /// <param name="Pause">The back-off after it.</param>
    private readonly record struct Failing(int Failures, long At, TimeSpan Pause);
}
