namespace Llumnix.Simulation.Fleet;

/// <summary>How the scheduler reads the metrics of plain engines, in place of statuses from a CMS.</summary>
public sealed record EngineReads
{
    /// <summary>Time between two reads of an engine, above zero; each one varies by a tenth: <c>--engine-metrics-interval-ms</c>.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Time from the moment that the engine makes its page of metrics until the scheduler has a status: the answer's way, and 10 ms in which statuses are
    /// collected. Not negative.
    /// </summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(12);

    /// <summary>
    /// Time that a placed request is taken to need, beside a step of the engine, until the metrics show it: <c>--engine-metrics-lag-ms</c>. Not negative.
    /// </summary>
    public TimeSpan Lag { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Share of the reads that get no answer, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>Seed of the times and losses of the reads.</summary>
    public int Seed { get; init; }
}
