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
                return _milliseconds.Count == 0 ? "none" : $"{Text(Percentile(.5))} / {Text(Percentile(.99))} / {Text(Percentile(1))}";
            }
        }
    }

    /// <summary>99th percentile of the answers, in milliseconds; 0 when there are none.</summary>
    internal double P99Ms
    {
        get
        {
            lock (_lock)
            {
                return _milliseconds.Count == 0 ? 0 : Percentile(.99);
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

    private double Percentile(double share)
    {
        _milliseconds.Sort();
        return _milliseconds[Math.Max(0, (int)Math.Ceiling(share * _milliseconds.Count) - 1)];
    }

    private static string Text(double value) => value.ToString(value < 10 ? "F1" : "F0", CultureInfo.InvariantCulture);
}
