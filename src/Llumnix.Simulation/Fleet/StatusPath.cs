namespace Llumnix.Simulation.Fleet;

/// <summary>Delays between engines, store, scheduler and gateway.</summary>
public sealed record StatusPath
{
    /// <summary>Least time between two pushes of an engine's status.</summary>
    public TimeSpan PushInterval { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Longest time between two pushes of an engine's status.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time until a pushed status can be read.</summary>
    public TimeSpan StoreDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Time between two readings by the scheduler: <c>--cms-pull-status-interval-ms</c>.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time from the gateway's question until the request is at its engine, in addition to a lookup of the prompt's prefix.</summary>
    public TimeSpan DispatchDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Time from a question to the KV metadata service until its answer.</summary>
    public TimeSpan KvMetadataDelay { get; init; } = TimeSpan.FromMilliseconds(1);
}
