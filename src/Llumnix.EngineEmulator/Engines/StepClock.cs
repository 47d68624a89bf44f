namespace Llumnix.EngineEmulator.Engines;

/// <summary>
/// Schedules steps so that late timers do not slow the engine down: a step starts when the one before was due, not when the loop woke up. A loop that
/// is late by more than a few steps starts over from now instead of catching up.
/// </summary>
internal sealed class StepClock
{
    private const int MaxStepsBehind = 4;

    private TimeSpan? _previousDue;

    /// <param name="now">The time.</param>
    /// <param name="duration">How long the step computes.</param>
    /// <returns>The time at which the step is due.</returns>
    public TimeSpan Begin(TimeSpan now, TimeSpan duration)
    {
        bool keepsUp = _previousDue is { } previous && now - previous < duration * MaxStepsBehind;
        TimeSpan due = (keepsUp ? _previousDue!.Value : now) + duration;
        _previousDue = due;
        return due;
    }

    /// <summary>Notes that the engine has nothing to compute: the next step starts when it has.</summary>
    public void Idle() => _previousDue = null;
}
