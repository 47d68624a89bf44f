namespace Llumnix.Scheduling.Instances;

/// <summary>The load of one instance as far as the engine's own metrics tell it. What they do not tell is 0 in the status, and its account's affair.</summary>
/// <param name="Running">Requests that the engine has admitted, prefilling or decoding.</param>
/// <param name="Waiting">Requests that wait for admission.</param>
/// <param name="UsedTokens">KV tokens in use.</param>
/// <param name="TotalTokens">KV capacity in tokens.</param>
public readonly record struct MeteredLoad(long Running, long Waiting, long UsedTokens, long TotalTokens)
{
    /// <summary>Makes the status that says this.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="inferType">What it is deployed to do: the load of a prefill instance does not count as decodes.</param>
    /// <param name="isSchedulable">Whether it takes requests.</param>
    /// <param name="timestampMs">When its load was this, in milliseconds since the Unix epoch.</param>
    /// <param name="updateId">Number of the status.</param>
    /// <param name="reading">What else the metrics tell; null when they tell no load.</param>
    public InstanceStatus ToStatus(
        string instanceId, InferType inferType, bool isSchedulable, long timestampMs, int updateId, EngineReading? reading)
    {
        bool isDecoding = inferType != InferType.Prefill;
        return new InstanceStatus
        {
            InstanceId = instanceId,
            Schedulable = isSchedulable,
            TimestampMs = timestampMs,
            UpdateId = updateId,
            RunningRequestCount = Number(Running),
            WaitingRequestCount = Number(Waiting),
            SchedulerRunningToDecodeRequests = isDecoding ? Number(Running) : 0,
            SchedulerWaitingToDecodeRequests = isDecoding ? Number(Waiting) : 0,
            SchedulerRunningToDecodeTokens = isDecoding ? Number(UsedTokens) : 0,
            TotalGpuTokens = Number(TotalTokens),
            UsedGpuTokens = Number(UsedTokens),
            Reading = reading,
        };
    }

    private static int Number(long value) => (int)Math.Clamp(value, 0, int.MaxValue);
}
