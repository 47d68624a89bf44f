using System.Globalization;

namespace Llumnix.Attacks.Harness;

/// <summary>What good clients saw in one phase. Thread-safe.</summary>
internal sealed class ClientFigures
{
    private readonly Lock _lock = new();
    private readonly List<double> _milliseconds = [];
    private readonly SortedDictionary<string, int> _failures = [];

    /// <summary>Requests that failed.</summary>
    internal int Failed
    {
        get
        {
            lock (_lock)
            {
                return _failures.Values.Sum();
            }
        }
    }

    /// <summary>Median, 99th percentile and maximum of the answers, in milliseconds.</summary>
    internal string Latencies
    {
        get
        {
            lock (_lock)
            {
                _milliseconds.Sort();
                return _milliseconds.Count == 0 ? "none" : $"{Percentile(.5)} / {Percentile(.99)} / {Percentile(1)}";
            }
        }
    }

    /// <summary>The failures by kind; 0 for none.</summary>
    internal string Failures
    {
        get
        {
            lock (_lock)
            {
                return _failures.Count == 0 ? "0" : string.Join(", ", _failures.Select(static pair => $"{pair.Value} {pair.Key}"));
            }
        }
    }

    internal void Add(TimeSpan latency)
    {
        lock (_lock)
        {
            _milliseconds.Add(latency.TotalMilliseconds);
        }
    }

    internal void Fail(string kind)
    {
        lock (_lock)
        {
            _failures[kind] = _failures.GetValueOrDefault(kind) + 1;
        }
    }

    private string Percentile(double share)
    {
        double value = _milliseconds[Math.Max(0, (int)Math.Ceiling(share * _milliseconds.Count) - 1)];
        return value.ToString(value < 10 ? "F1" : "F0", CultureInfo.InvariantCulture);
    }
}
