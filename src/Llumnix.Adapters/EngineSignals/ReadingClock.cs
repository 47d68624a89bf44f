namespace Llumnix.Adapters.EngineSignals;

/// <summary>Turns timestamps of a <see cref="TimeProvider"/> into times. The wall clock is read once. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="lag">See <see cref="EngineStatusOptions.Lag"/>.</param>
internal sealed class ReadingClock(TimeProvider time, TimeSpan lag)
{
    /// <summary>SGLang sets its gauges every 40 decode steps by default, which are about 2 s.</summary>
    private static readonly TimeSpan SglangGaugeAge = TimeSpan.FromSeconds(2);

    private readonly long _start = time.GetTimestamp();
    private readonly double _startMs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    /// <summary>The present timestamp.</summary>
    internal long Now => time.GetTimestamp();

    /// <summary>A timestamp in milliseconds since the Unix epoch.</summary>
    internal long UnixMsOf(long timestamp) => (long)(_startMs + time.GetElapsedTime(_start, timestamp).TotalMilliseconds);

    /// <summary>Seconds from one timestamp to another.</summary>
    internal double Seconds(long from, long to) => time.GetElapsedTime(from, to).TotalSeconds;

    /// <summary>A duration in ticks of timestamps.</summary>
    internal long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>How long a placed request takes to show in an engine's metrics: they are as old as the engine's last step.</summary>
    internal TimeSpan LagOf(EngineFace face, TimeSpan step) => lag + face switch
    {
        EngineFace.SglangMetrics => SglangGaugeAge,
        EngineFace.SglangLoads => TimeSpan.Zero,
        _ => step,
    };
}
