using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Fleet;

/// <summary>The results of a simulation.</summary>
public sealed class SimulationResult
{
    /// <summary>Every request, by arrival.</summary>
    public required IReadOnlyList<RequestResult> Requests { get; init; }

    /// <summary>The engines.</summary>
    public required IReadOnlyList<InstanceMetadata> Engines { get; init; }

    /// <summary>Simulated time from the start to the end of the last request.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Simulated seconds until the last request has ended, or where it was cut off, until the last one has arrived.</summary>
    public double PlayedSeconds => Math.Max(Elapsed.TotalSeconds, Requests.Count == 0 ? 0 : Requests[^1].ArrivalSeconds);

    /// <summary>Time between two samples of <see cref="Timeline"/>.</summary>
    public required TimeSpan SampleInterval { get; init; }

    /// <summary>Samples of all engines, by time; as many as the options allow.</summary>
    public required IReadOnlyList<EngineSample[]> Timeline { get; init; }

    /// <summary>When requests were migrated, in seconds, with source and destination engine.</summary>
    public required IReadOnlyList<(float Seconds, int Source, int Destination)> Migrations { get; init; }

    /// <summary>Migrations that were asked for and then refused or broken off.</summary>
    public required int FailedMigrations { get; init; }

    /// <summary>Engine steps computed.</summary>
    public required long Steps { get; init; }

    /// <summary>Computing time of each engine.</summary>
    public required IReadOnlyList<TimeSpan> BusyTimes { get; init; }

    /// <summary>
    /// Share of the prefilled prompt tokens that engines found in their prefix caches, 0 to 1; repeated prefills after a preemption do not count.
    /// Null when no prompt's content is known, so that nothing could be found.
    /// </summary>
    public required double? PrefixHitRate { get; init; }

    /// <summary>The same run with the requests that arrived from a time on; everything else is of the whole run.</summary>
    /// <param name="seconds">Seconds after the start.</param>
    public SimulationResult From(double seconds) => new()
    {
        Requests = seconds > 0 ? [.. Requests.Where(request => request.ArrivalSeconds >= seconds)] : Requests,
        Engines = Engines,
        Elapsed = Elapsed,
        SampleInterval = SampleInterval,
        Timeline = Timeline,
        Migrations = Migrations,
        FailedMigrations = FailedMigrations,
        Steps = Steps,
        BusyTimes = BusyTimes,
        PrefixHitRate = PrefixHitRate,
    };

    /// <summary>Share of the requests that completed within both targets, 0 to 1; 0 without requests.</summary>
    public double Attainment(double ttftMs, double tpotMs)
    {
        int attained = 0;
        foreach (RequestResult request in Requests)
        {
            attained += request.Attains(ttftMs, tpotMs) ? 1 : 0;
        }

        return Requests.Count == 0 ? 0 : (double)attained / Requests.Count;
    }
}
