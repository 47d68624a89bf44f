namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>How a gateway uses schedulers.</summary>
public sealed record SchedulerPlacerOptions
{
    /// <summary>The schedulers, in the order in which they are asked; none: requests are placed by the gateway itself.</summary>
    public IReadOnlyList<SchedulerAccess> Schedulers { get; init; } = [];

    /// <summary>Time between two reports of all live requests, above 0.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long requests wait for room, with which the time is compared for which schedulers hold them; null: it is not compared.</summary>
    public TimeSpan? WaitTimeout { get; init; }

    /// <summary>How long a stop waits for releases that are under way, 0 or above.</summary>
    public TimeSpan ReleaseDrain { get; init; } = TimeSpan.FromSeconds(5);
}
