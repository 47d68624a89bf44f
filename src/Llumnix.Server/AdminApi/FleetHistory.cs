using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Server.AdminApi;

/// <summary>A few numbers of each instance over the last minutes, for small charts. Bounded per instance; an instance that leaves takes its samples with it. Not thread-safe.</summary>
internal sealed class FleetHistory
{
    /// <summary>Time between two samples.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private const int Samples = 150;

    /// <summary>Samples of all instances that are told at once: the last 90 s.</summary>
    private const int RecentSamples = 45;
    private static readonly string[] Columns = ["time_ms", "running", "waiting", "kv_used_tokens", "in_flight"];
    private static readonly string[] RecentColumns = ["running", "kv_used_tokens"];
    private readonly long[] _times = new long[Samples];
    private readonly Dictionary<string, Row> _rows = new(StringComparer.Ordinal);
    private long _count;

    /// <summary>Adds a sample of the fleet.</summary>
    internal void Add(FleetAnswer fleet)
    {
        int place = (int)(_count++ % Samples);
        _times[place] = fleet.TimeMs;
        foreach (FleetInstance instance in fleet.Instances)
        {
            if (!_rows.TryGetValue(instance.Id, out Row? row))
            {
                _rows[instance.Id] = row = new Row();
            }

            row.LastSample = _count;
            row.Samples[place] = new Sample(Cut(instance.Running), Cut(instance.Waiting), Cut(instance.KvUsedTokens), Cut(instance.InFlight));
        }

        if (_rows.Count > fleet.Instances.Count)
        {
            foreach ((string id, Row row) in _rows)
            {
                if (row.LastSample != _count)
                {
                    _rows.Remove(id);
                }
            }
        }
    }

    /// <summary>The samples of an instance; null when it is not known.</summary>
    internal FleetHistoryAnswer? Of(string instanceId)
    {
        if (!_rows.TryGetValue(instanceId, out Row? row))
        {
            return null;
        }

        var samples = new List<double?[]>();
        for (long i = Math.Max(0, _count - Samples); i < _count; i++)
        {
            Sample sample = row.Samples[i % Samples];
            if (sample != Sample.None)
            {
                samples.Add([_times[i % Samples], Shown(sample.Running), Shown(sample.Waiting), Shown(sample.KvUsedTokens), Shown(sample.InFlight)]);
            }
        }

        return new FleetHistoryAnswer(instanceId, (int)Interval.TotalMilliseconds, Columns, samples);
    }

    /// <summary>The newest samples of every instance.</summary>
    internal FleetRecentAnswer Recent()
    {
        int count = (int)Math.Min(RecentSamples, _count);
        var times = new long[count];
        for (int i = 0; i < count; i++)
        {
            times[i] = _times[(_count - count + i) % Samples];
        }

        return new FleetRecentAnswer((int)Interval.TotalMilliseconds, RecentColumns, times, [.. _rows.Select(pair => RecentOf(pair.Key, pair.Value, count))]);
    }

    private InstanceSamples RecentOf(string id, Row row, int count)
    {
        var running = new int?[count];
        var kvUsed = new int?[count];
        for (int i = 0; i < count; i++)
        {
            Sample sample = row.Samples[(_count - count + i) % Samples];
            (running[i], kvUsed[i]) = (Shown(sample.Running), Shown(sample.KvUsedTokens));
        }

        return new InstanceSamples(id, [running, kvUsed]);
    }

    private static int Cut(long? value) => value is { } known ? (int)Math.Clamp(known, 0, int.MaxValue) : -1;

    private static int? Shown(int value) => value < 0 ? null : value;

    /// <summary>-1 stands for a number that is not known.</summary>
    private readonly record struct Sample(int Running, int Waiting, int KvUsedTokens, int InFlight)
    {
        /// <summary>The instance was not known then: real samples have a number of requests in flight.</summary>
        internal static readonly Sample None = new(-1, -1, -1, -1);
    }

    /// <summary>The samples of one instance.</summary>
    private sealed class Row
    {
        internal Row() => Array.Fill(Samples, Sample.None);

        internal Sample[] Samples { get; } = new Sample[FleetHistory.Samples];

        /// <summary>The number of samples of the fleet when it was last in one.</summary>
        internal long LastSample { get; set; }
    }
}
