namespace Llumnix.Scheduling.Instances;

/// <summary>
/// What the reading of an engine's own metrics says beside the load numbers of <see cref="InstanceStatus"/>. Such a status names no requests, so that
/// requests in flight are reconciled with it by time. Immutable.
/// </summary>
public sealed record EngineReading
{
    /// <summary>When the engine was asked: a timestamp of the scheduler's <see cref="TimeProvider"/>. The numbers are not older than the engine's last step.</summary>
    public required long AskedAt { get; init; }

    /// <summary>
    /// The numbers contain all requests that were placed at or before this timestamp: <see cref="AskedAt"/> minus the time that a placed request takes
    /// to show in the engine's metrics.
    /// </summary>
    public required long CoversUntil { get; init; }

    /// <summary>Requests that wait for admission in the engine; null when the engine does not tell.</summary>
    public int? Waiting { get; init; }

    /// <summary>Prompt tokens of all requests whose prefill the engine has finished since its start; null when the engine does not tell.</summary>
    public double? PrefilledTokensTotal { get; init; }

    /// <summary>
    /// Prompt tokens that the engine has searched its prefix cache for since its start, and those that it has found; null when the engine does not tell both.
    /// </summary>
    public (long Queried, long Hit)? PrefixTokensTotal { get; init; }

    /// <summary>Mean prompt length of the engine's recent requests, in tokens; null when the engine does not tell.</summary>
    public double? MeanPromptTokens { get; init; }
}
