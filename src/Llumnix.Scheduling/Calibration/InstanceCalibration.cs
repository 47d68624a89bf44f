using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Calibration;

/// <summary>What is known of how one engine's times differ from the tables. Guarded by the scheduler's lock.</summary>
internal sealed class InstanceCalibration
{
    /// <summary>A profiled step whose prefill part is a smaller share of it tells nothing of prefills.</summary>
    private const double LeastPrefillShare = 0.3;

    private int _lastSample;

    /// <param name="of">Its class.</param>
    public InstanceCalibration(LatencyClass of)
    {
        Class = of;
        Prefill = new TableCorrection(of.Prefill);
        Decode = new TableCorrection(of.Decode);
        DecodeSteps = new FittedCorrection(Decode, of.DecodeFit);
        Steps = new StepDurations(Prefill, DecodeSteps);
    }

    /// <summary>Its class.</summary>
    public LatencyClass Class { get; }

    /// <summary>The prefill part of its steps.</summary>
    public TableCorrection Prefill { get; }

    /// <summary>The ratio of its decode steps.</summary>
    public TableCorrection Decode { get; }

    /// <summary>The correction of its decode steps: by the ratio, or by the form that is fitted.</summary>
    public FittedCorrection DecodeSteps { get; }

    /// <summary>Its steps, by its statuses.</summary>
    public StepDurations Steps { get; }

    /// <summary>Takes a profiling sample that has come with a status; one that was there before, or is implausible, is ignored.</summary>
    /// <param name="id">Number of the sample, from 1, ascending.</param>
    /// <param name="prefillTokens">Prefill tokens of the step.</param>
    /// <param name="durationMs">Duration of the step, milliseconds.</param>
    /// <param name="decodeStepMs">The tables' time of the decode part of steps at present.</param>
    /// <param name="profile">The tables.</param>
    public void TakeSample(int id, double prefillTokens, double durationMs, double decodeStepMs, LatencyProfile profile)
    {
        if (id <= 0 || id == _lastSample)
        {
            return;
        }

        _lastSample = id;
        double prefillMs = durationMs - (decodeStepMs * Decode.Ratio);
        if (prefillTokens > 0 && prefillMs >= LeastPrefillShare * durationMs)
        {
            Prefill.Add(prefillMs / profile.PrefillMs(prefillTokens));
        }
    }

    /// <summary>The factors of the instance now.</summary>
    /// <param name="options">Which of them apply.</param>
    /// <param name="decode">The decode step of its batch with one more request.</param>
    public LatencyFactors Factors(CalibrationOptions options, in StepLoad decode)
    {
        LatencyFactors factors = LatencyFactors.None;
        if (options.Mode == LatencyCorrectionMode.On)
        {
            factors = factors with { Prefill = Prefill.Factor, Decode = DecodeSteps.Factor(in decode) };
        }

        return options.Confidence is null ? factors : factors with
        {
            TtftMargin = 1 / Class.Ttft.EligibleShare,
            TpotMargin = 1 / Class.Tpot.EligibleShare,
            TtftStretch = Class.Ttft.EvenShare / Class.Ttft.EligibleShare,
        };
    }
}
