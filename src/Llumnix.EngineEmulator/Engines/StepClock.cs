namespace Llumnix.EngineEmulator.Engines;

/// <summary>
/// Says when each step is due, so that late timers do not slow the engine down: a step starts when the one before was due, not when the loop
/// noticed. A loop that is late by more than a few steps starts over from now, instead of racing to catch up.
/// </summary>
internal sealed class StepClock
{
    private const int MaxStepsBehind = 4;

    private TimeSpan? _previousDue;

    /// <param name="now">The time.</param>
    /// <param name="duration">How long the step computes.</param>
    /// <returns>When the step is due.</returns>
    public TimeSpan Begin(TimeSpan now, TimeSpan duration)
    {
        bool keepsUp = _previousDue is { } previous && now - previous < duration * MaxStepsBehind;
        TimeSpan due = (keepsUp ? _previousDue!.Value : now) + duration;
        _previousDue = due;
        return due;
    }

    /// <summary>The engine has nothing to compute: the next step starts when there is something.</summary>
    public void Idle() => _previousDue = null;
}
