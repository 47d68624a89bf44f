using System.Collections.Concurrent;

namespace Llumnix.Gateway.Health;

/// <summary>
/// Engines that could not be connected to a moment ago. They are left alone for a while, longer with each failure in a row. Safe for
/// concurrent use.
/// </summary>
/// <param name="rest">How long after the first failure; doubled up to eight times that.</param>
/// <param name="time">The clock.</param>
internal sealed class RestingEngines(TimeSpan rest, TimeProvider time)
{
    private const int MaxDoublings = 3;

    /// <summary>More are not remembered: then something else is wrong.</summary>
    private const int MaxEngines = 4096;

    private readonly ConcurrentDictionary<string, Failure> _failures = new(StringComparer.Ordinal);

    /// <summary>An engine refused a connection, or did not answer the attempt.</summary>
    public void OnRefused(string engineId)
    {
        if (_failures.Count < MaxEngines || _failures.ContainsKey(engineId))
        {
            long now = time.GetTimestamp();
            _failures.AddOrUpdate(
                engineId,
                static (_, now) => new Failure(now, 0),
                static (_, last, now) => new Failure(now, Math.Min(last.Doublings + 1, MaxDoublings)),
                now);
        }
    }

    /// <summary>An engine has answered.</summary>
    public void OnAnswered(string engineId)
    {
        if (!_failures.IsEmpty)
        {
            _failures.TryRemove(engineId, out _);
        }
    }

    /// <summary>The engines that are resting.</summary>
    public IReadOnlyCollection<string> Current()
    {
        if (_failures.IsEmpty)
        {
            return [];
        }

        var resting = new List<string>();
        foreach ((string id, Failure failure) in _failures)
        {
            TimeSpan passed = time.GetElapsedTime(failure.At);
            TimeSpan allowed = rest * (1 << failure.Doublings);
            if (passed < allowed)
            {
                resting.Add(id);
            }
            else if (passed > 8 * allowed)
            {
                _failures.TryRemove(KeyValuePair.Create(id, failure));
            }
        }

        return resting;
    }

    private sealed record Failure(long At, int Doublings);
}
