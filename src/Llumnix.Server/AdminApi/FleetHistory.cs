using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Server.AdminApi;

/// <summary>A few numbers of each instance over the last minutes, for small charts. Bounded per instance; an instance that leaves takes its samples with it. Not thread-safe.</summary>
internal sealed class FleetHistory
{
    /// <summary>Time between two samples.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private const int Samples = 150;
    private static readonly string[] Columns = ["time_ms", "running", "waiting", "kv_used_tokens", "in_flight"];
    private readonly long[] _times = new long[Samples];
    private Dictionary<string, Sample[]> _samples = new(StringComparer.Ordinal);
    private long _count;

    /// <summary>Adds a sample of the fleet.</summary>
    internal void Add(FleetAnswer fleet)
    {
        int place = (int)(_count++ % Samples);
        _times[place] = fleet.TimeMs;
        var samples = new Dictionary<string, Sample[]>(fleet.Instances.Count, StringComparer.Ordinal);
        foreach (FleetInstance instance in fleet.Instances)
        {
            if (!_samples.TryGetValue(instance.Id, out Sample[]? row))
            {
                row = new Sample[Samples];
                Array.Fill(row, Sample.None);
            }

            row[place] = new Sample(Cut(instance.Running), Cut(instance.Waiting), Cut(instance.KvUsedTokens), Cut(instance.InFlight));
            samples[instance.Id] = row;
        }

        _samples = samples;
    }

    /// <summary>The samples of an instance; null when it is not known.</summary>
    internal FleetHistoryAnswer? Of(string instanceId)
    {
        if (!_samples.TryGetValue(instanceId, out Sample[]? row))
        {
            return null;
        }

        var samples = new List<double?[]>();
        for (long i = Math.Max(0, _count - Samples); i < _count; i++)
        {
            Sample sample = row[i % Samples];
            if (sample != Sample.None)
            {
                samples.Add([_times[i % Samples], Shown(sample.Running), Shown(sample.Waiting), Shown(sample.KvUsedTokens), Shown(sample.InFlight)]);
            }
        }

        return new FleetHistoryAnswer(instanceId, (int)Interval.TotalMilliseconds, Columns, samples);
    }

    private static int Cut(long? value) => value is { } known ? (int)Math.Clamp(known, 0, int.MaxValue) : -1;

    private static double? Shown(int value) => value < 0 ? null : value;

    /// <summary>-1 stands for a number that is not known.</summary>
    private readonly record struct Sample(int Running, int Waiting, int KvUsedTokens, int InFlight)
    {
        /// <summary>The instance was not known then: real samples have a number of requests in flight.</summary>
        internal static readonly Sample None = new(-1, -1, -1, -1);
    }
}
