using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Health;

/// <summary>
/// Engines that are avoided for a while after a failed connection: the time doubles with each consecutive failure, up to eight times the first. Safe
/// for concurrent use.
/// </summary>
/// <param name="rest">How long an engine rests after the first failure.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of an engine when it begins to refuse connections, and when it answers again.</param>
/// <param name="areEnginesRead">Whether the program reads the engines itself and watches which of them answer: then the lines here are for debugging.</param>
internal sealed partial class RestingEngines(TimeSpan rest, TimeProvider time, ILogger<RestingEngines> logger, bool areEnginesRead = false)
{
    private const int MaxDoublings = 3;

    /// <summary>Largest number of remembered engines. Further ones are ignored: when so many fail, the fault is not an engine's.</summary>
    private const int MaxEngines = 4096;

    private readonly ConcurrentDictionary<string, Failure> _failures = new(StringComparer.Ordinal);

    /// <summary>Records that an engine refused a connection or did not accept it in time.</summary>
    public void OnRefused(string engineId)
    {
        if (_failures.Count < MaxEngines || _failures.ContainsKey(engineId))
        {
            long now = time.GetTimestamp();
            Failure failure = _failures.AddOrUpdate(
                engineId,
                static (_, now) => new Failure(now, 0),
                static (_, last, now) => new Failure(now, Math.Min(last.Doublings + 1, MaxDoublings)),
                now);
            if (failure.Doublings == 0)
            {
                LogRefused(areEnginesRead ? LogLevel.Debug : LogLevel.Warning, engineId, rest.TotalSeconds);
            }
        }
    }

    /// <summary>Ends an engine's rest, since it has answered.</summary>
    public void OnAnswered(string engineId)
    {
        if (!_failures.IsEmpty && _failures.TryRemove(engineId, out _))
        {
            LogAnswered(areEnginesRead ? LogLevel.Debug : LogLevel.Information, engineId);
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

    [LoggerMessage("Engine {Engine} refuses connections; it gets no requests for {Seconds} s, and longer while that goes on")]
    private partial void LogRefused(LogLevel level, string engine, double seconds);

    [LoggerMessage("Engine {Engine} answers again")]
    private partial void LogAnswered(LogLevel level, string engine);

    private sealed record Failure(long At, int Doublings);
}
