namespace Llumnix.Scheduling.Decisions;

/// <summary>
/// The scheduler's clock: monotonic time, and milliseconds that start at the wall clock's time and then follow monotonic time, so that setting the
/// wall clock changes nothing. Thread-safe.
/// </summary>
/// <param name="time">The source of time. Its wall clock is read once, at construction.</param>
internal sealed class SchedulerClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly TimeSpan _startTime = time.GetUtcNow() - DateTimeOffset.UnixEpoch;

    public Moment Now()
    {
        long timestamp = time.GetTimestamp();
        return new Moment(timestamp, (_startTime + time.GetElapsedTime(_start, timestamp)).TotalMilliseconds);
    }

    /// <summary>The time from one timestamp to a later one.</summary>
    public TimeSpan Between(long earlier, long later) => time.GetElapsedTime(earlier, later);

    /// <summary>A duration in the ticks of timestamps.</summary>
    public long ToTimestamps(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>The duration of a number of ticks of timestamps.</summary>
    public TimeSpan ToTimeSpan(double timestamps) => TimeSpan.FromSeconds(timestamps / time.TimestampFrequency);
}
