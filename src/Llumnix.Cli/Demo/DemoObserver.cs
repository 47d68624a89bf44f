using Llumnix.Cli.Load;
using Llumnix.Cli.Reports;

namespace Llumnix.Cli.Demo;

/// <summary>Looks at the instances of a run at equal intervals, for the timelines of a report.</summary>
/// <param name="interval">Time between two looks.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoObserver(TimeSpan interval, TimeProvider time)
{
    private const int MostMigrations = 1000;

    private readonly List<IReadOnlyList<DemoInstance>> _looks = [];

    /// <summary>The interval at which a run is looked at some hundred times.</summary>
    /// <param name="duration">Length of the run with its drain.</param>
    internal static TimeSpan IntervalFor(TimeSpan duration) => TimeSpan.FromMilliseconds(Math.Max(250, duration.TotalMilliseconds / 400));

    /// <summary>Looks until stopped. Stopping is not an error.</summary>
    internal async Task ObserveAsync(Func<IReadOnlyList<DemoInstance>> look, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                Add(look());
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>Takes a look.</summary>
    internal void Add(IReadOnlyList<DemoInstance> instances) => _looks.Add(instances);

    /// <summary>What the charts show.</summary>
    /// <param name="load">The requests of the run.</param>
    internal ReportRun ToCharts(LoadStatistics load)
    {
        (LatencyDistribution ttft, LatencyDistribution tpot, LatencyDistribution endToEnd) = load.Distributions();
        string[] ids = [.. _looks.SelectMany(static look => look).Select(static instance => instance.Id).Distinct()];
        (int intervals, int shown) = TimelineReducer.Fit(2, Math.Max(1, ids.Length));
        Dictionary<string, DemoInstance>[] looks = [.. _looks.Select(static look => look.ToDictionary(static instance => instance.Id))];
        (double, int, int)[] migrations = [.. Migrations(looks, ids)];
        return new ReportRun(0, 0)
        {
            Ttft = ttft,
            Tpot = tpot,
            EndToEnd = endToEnd,
            Timelines = ids.Length == 0 ? null : new EngineTimelines(TimelineReducer.SizeOf(looks.Length, intervals) * interval.TotalSeconds, ids[..shown], ids.Length)
            {
                Waiting = Rows(static instance => instance.Waiting),
                Running = Rows(static instance => instance.Running),
                Kv = _looks.Any(static look => look.Any(static instance => instance.KvUsage is not null))
                    ? Rows(static instance => (int)Math.Round(100 * Math.Clamp(instance.KvUsage ?? 0, 0, 1)))
                    : [],
            },
            Migrations = [.. migrations.Take(MostMigrations)],
            MigrationCount = migrations.Length,
        };

        int[][] Rows(Func<DemoInstance, int> value) => [.. ids.Take(shown).Select(id => TimelineReducer.Reduce(
            looks.Length, intervals, (from, to) => looks[from..to].Max(look => look.TryGetValue(id, out DemoInstance? instance) ? value(instance) : 0)))];
    }

    /// <summary>A migration for each request that has left an instance since the look before; where it went is not known.</summary>
    private IEnumerable<(double Seconds, int Source, int Destination)> Migrations(Dictionary<string, DemoInstance>[] looks, string[] ids)
    {
        for (int at = 0; at < looks.Length; at++)
        {
            for (int engine = 0; engine < ids.Length; engine++)
            {
                int before = at > 0 && looks[at - 1].TryGetValue(ids[engine], out DemoInstance? last) ? last.MigratedOut : 0;
                int moved = looks[at].TryGetValue(ids[engine], out DemoInstance? now) ? now.MigratedOut - before : 0;
                for (int i = 0; i < moved; i++)
                {
                    yield return ((at + 1) * interval.TotalSeconds, engine, -1);
                }
            }
        }
    }
}
