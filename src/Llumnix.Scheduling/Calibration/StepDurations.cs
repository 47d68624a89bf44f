using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Calibration;

/// <summary>
/// Measures the steps of one engine by its statuses: of two of them the difference of the step numbers says how many steps there were, that of the times
/// how long they took, and that of the uncomputed tokens what they prefilled. Intervals whose steps all did the same kind of work are
/// compared with the tables: steps that only decode, and steps that all prefill. Others are left out. Times are summed up until
/// the delay of a status, some 40 ms, matters little. Not thread-safe.
/// </summary>
/// <param name="prefill">Receives measured over tabulated times of the prefill part of steps.</param>
/// <param name="decode">Receives those of steps that only decode.</param>
internal sealed class StepDurations(TableCorrection prefill, FittedCorrection decode)
{
    /// <summary>A sample spans at least this time, or so many decode steps.</summary>
    private const double EnoughMs = 400;
    private const double EnoughDecodeSteps = 32;

    /// <summary>A shorter sum, which another kind of work has ended, is dropped.</summary>
    private const double LeastMs = 150;

    /// <summary>Beyond that the engine was idle, silent or restarted in between.</summary>
    private const double LongestIntervalMs = 10_000;
    private const int MostSteps = 10_000;

    private StepMark _last;
    private bool _isDecoding;
    private double _sumMs;
    private double _tableMs;
    private double _steps;
    private double _batches;
    private double _tokens;

    /// <summary>Steps since the start during which requests decoded; with <see cref="DecodingMs"/> a clock of inter-token times.</summary>
    public double DecodingSteps { get; private set; }

    /// <summary>Duration of <see cref="DecodingSteps"/>, milliseconds, prefills between the tokens included.</summary>
    public double DecodingMs { get; private set; }

    /// <summary>Whether the engine counts its steps, by its newest status.</summary>
    public bool AreKnown => _last.StepId > 0;

    /// <summary>Takes a status whose load is newer than the one before.</summary>
    /// <param name="uncomputedBefore">Uncomputed prompt tokens just before the status was taken over, placements included.</param>
    /// <param name="now">What the status says.</param>
    /// <param name="profile">The tables of the engine.</param>
    public void Take(double uncomputedBefore, in StepMark now, LatencyProfile profile)
    {
        StepMark last = _last;
        int steps = unchecked(now.StepId - last.StepId);
        double ms = now.WrittenMs - last.WrittenMs;
        if (now.StepId > 0 && steps == 0 && last.StepId > 0)
        {
            // The same step: only requests have come. Its time counts from its first status.
            _last = last with { UncomputedTokens = now.UncomputedTokens, RunningPrefillTokens = Math.Max(last.RunningPrefillTokens, now.RunningPrefillTokens) };
            return;
        }

        _last = now;
        if (last.StepId <= 0 || now.StepId <= 0 || steps is < 0 or > MostSteps || ms is not (> 0 and < LongestIntervalMs))
        {
            Drop();
            return;
        }

        Measure(steps, ms, uncomputedBefore - now.UncomputedTokens, uncomputedBefore, in last, in now, profile);
    }

    /// <summary>Forgets an interval that has begun, as when the engine has been replaced.</summary>
    public void Reset()
    {
        _last = default;
        Drop();
    }

    private void Measure(
        int steps, double ms, double computed, double uncomputedBefore, in StepMark last, in StepMark now, LatencyProfile profile)
    {
        bool isDecoding = last.DecodeBatch > 0 && now.DecodeBatch > 0;
        double batch = (last.DecodeBatch + now.DecodeBatch) / 2;
        double tokens = (last.DecodeTokens + now.DecodeTokens) / 2;
        double decodeMs = isDecoding ? steps * profile.DecodeMs(batch, tokens) : 0;
        if (isDecoding)
        {
            DecodingSteps += steps;
            DecodingMs += ms;
        }

        if (isDecoding && uncomputedBefore <= 0 && now.UncomputedTokens <= 0)
        {
            Sum(isDecoding: true, ms, decodeMs, steps, batch, tokens);
        }
        else if (computed > 0 && last.RunningPrefillTokens > 0 && (steps == 1 || computed < last.UncomputedTokens))
        {
            // What the engine had to prefill at the beginning has lasted to the end, so that no step between was without.
            double perStep = computed / steps;
            Sum(isDecoding: false, ms - (decodeMs * decode.ByRatio.Ratio), steps * profile.PrefillMs(perStep), steps, batch: 0, tokens: 0);
        }
        else
        {
            Drop();
        }
    }

    private void Sum(bool isDecoding, double ms, double tableMs, int steps, double batch, double tokens)
    {
        if (isDecoding != _isDecoding)
        {
            Drop();
        }

        _isDecoding = isDecoding;
        _sumMs += ms;
        _tableMs += tableMs;
        _steps += steps;
        _batches += steps * batch;
        _tokens += steps * tokens;
        if (_sumMs >= EnoughMs || (_isDecoding && _steps >= EnoughDecodeSteps))
        {
            Add();
        }
    }

    /// <summary>Ends the sum: what it has is used where it is long enough.</summary>
    private void Drop()
    {
        if (_sumMs >= LeastMs)
        {
            Add();
        }

        Clear();
    }

    private void Add()
    {
        if (_tableMs > 0 && _isDecoding)
        {
            decode.Add(_sumMs / _tableMs, new StepLoad(_batches / _steps, _tokens / _steps, _tableMs / _steps));
        }
        else if (_tableMs > 0)
        {
            prefill.Add(_sumMs / _tableMs);
        }

        Clear();
    }

    private void Clear() => (_sumMs, _tableMs, _steps, _batches, _tokens) = (0, 0, 0, 0, 0);
}
