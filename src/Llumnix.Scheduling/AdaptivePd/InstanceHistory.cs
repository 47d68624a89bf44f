namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The history of an instance that adaptive prefill/decode keeps. Guarded by the scheduler's lock.</summary>
/// <param name="nowMs">When the instance joined, milliseconds.</param>
/// <param name="tuning">The constants.</param>
internal sealed class InstanceHistory(double nowMs, AdaptivePdTuning tuning)
{
    private GainingTime _gain = new(nowMs, tuning.LongestGainMs);

    /// <summary>The gain of its decodes on their target.</summary>
    public ref GainingTime Gain => ref _gain;

    /// <summary>The arrival times of its newest prefills.</summary>
    public PrefillArrivals Arrivals { get; } = new(tuning.RememberedPrefills);
}
