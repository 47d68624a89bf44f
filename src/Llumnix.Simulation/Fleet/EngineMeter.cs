using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Fleet;

/// <summary>What the scheduler has read of one plain engine's metrics, and the status that it makes of them as the adapter for real engines does.</summary>
/// <param name="engine">The engine.</param>
/// <param name="reads">How it is read.</param>
internal sealed class EngineMeter(SimulatedEngine engine, EngineReads reads)
{
    private readonly EngineMeans _means = new();
    private TimeSpan? _lastAskedAt;
    private int _updateId;

    /// <summary>Reads in a row that found the engine down.</summary>
    public int Failures { get; set; }

    /// <summary>The status of an engine of which nothing is known but that it is listed.</summary>
    /// <param name="wallClock">The time.</param>
    /// <param name="isOut">Whether it takes no requests.</param>
    public InstanceStatus Unread(DateTimeOffset wallClock, bool isOut)
    {
        _lastAskedAt = null;
        return StatusOf(default, wallClock, isOut, null);
    }

    /// <summary>The status after a read.</summary>
    /// <param name="gauges">What the page says.</param>
    /// <param name="askedAt">When it was made.</param>
    /// <param name="wallClock">The same by the wall clock.</param>
    public InstanceStatus Read(in EngineGauges gauges, TimeSpan askedAt, DateTimeOffset wallClock)
    {
        _means.LearnStep(gauges.Steps, gauges.Running > 0, _lastAskedAt is { } last ? (askedAt - last).TotalSeconds : 0);
        _means.LearnPrompts(gauges.FinishedPromptTokens, gauges.FinishedRequests);
        _lastAskedAt = askedAt;
        return StatusOf(in gauges, wallClock, isOut: false, new EngineReading
        {
            AskedAt = askedAt.Ticks,
            CoversUntil = (askedAt - reads.Lag - _means.Step).Ticks,
            Waiting = gauges.Waiting,
            PrefilledTokensTotal = gauges.PromptTokens,
            PrefixTokensTotal = (gauges.PrefixQueriedTokens, gauges.PrefixHitTokens),
            MeanPromptTokens = _means.PromptTokens,
        });
    }

    private InstanceStatus StatusOf(in EngineGauges gauges, DateTimeOffset wallClock, bool isOut, EngineReading? reading)
    {
        long total = (long)engine.Model.TotalBlocks * engine.Model.Configuration.BlockSize;
        return new MeteredLoad(gauges.Running, gauges.Waiting, gauges.UsedTokens, total).ToStatus(
            engine.Metadata.InstanceId,
            engine.Metadata.InferType,
            engine.Model.Schedulable && !isOut,
            wallClock.ToUnixTimeMilliseconds(),
            ++_updateId,
            reading);
    }
}
