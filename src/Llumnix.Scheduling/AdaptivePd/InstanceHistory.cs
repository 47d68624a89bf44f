namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>What adaptive prefill/decode remembers of an instance. Guarded by the scheduler's lock.</summary>
/// <param name="nowMs">When the instance joined, milliseconds.</param>
/// <param name="tuning">The constants.</param>
internal sealed class InstanceHistory(double nowMs, AdaptivePdTuning tuning)
{
    private DecodeGain _gain = new(nowMs, tuning.LongestGainMs);

    /// <summary>How far its decodes are ahead of their target.</summary>
    public ref DecodeGain Gain => ref _gain;

    /// <summary>When its newest prefills were sent.</summary>
    public PrefillArrivals Arrivals { get; } = new(tuning.RememberedPrefills);
}
