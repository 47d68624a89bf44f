namespace Llumnix.Scheduling.Decisions;

/// <summary>A moment on the scheduler's clock.</summary>
/// <param name="Timestamp">Monotonic timestamp, in the ticks of the <see cref="TimeProvider"/>.</param>
/// <param name="Ms">Milliseconds of the scheduler's clock: the Unix time at its start plus the monotonic time since.</param>
internal readonly record struct Moment(long Timestamp, double Ms);
