namespace Llumnix.Scheduling.StepTimes;

/// <summary>Duration of a step by its prefill tokens x: a·x² + b·x + c milliseconds. Immutable.</summary>
/// <param name="Quadratic">a.</param>
/// <param name="Linear">b.</param>
/// <param name="Constant">c.</param>
public sealed record StepTimeModel(double Quadratic, double Linear, double Constant)
{
    /// <summary>Milliseconds of a step with a number of prefill tokens.</summary>
    public double At(double tokens) => (((Quadratic * tokens) + Linear) * tokens) + Constant;

    /// <summary>
    /// Fits a model to samples by least squares: a parabola; if that is ill-conditioned, not positive or decreasing somewhere in (0,
    /// <paramref name="maxTokens"/>], a line; if that has the same faults, the mean.
    /// </summary>
    /// <param name="samples">At least one.</param>
    /// <param name="maxTokens">Largest number of prefill tokens in a step, at least 1.</param>
    public static StepTimeModel Fit(ReadOnlySpan<StepSample> samples, double maxTokens)
    {
        StepMoments moments = StepMoments.Of(samples);
        return Accept(moments.Parabola(), maxTokens) ?? Accept(moments.Line(), maxTokens) ?? new StepTimeModel(0, 0, moments.MeanDurationMs);
    }

    /// <summary>
    /// Accepts a model that does not decrease on [0, max], is not negative at 0 and is not constantly 0; it is then positive on (0, max].
    /// </summary>
    private static StepTimeModel? Accept(StepTimeModel? model, double maxTokens)
    {
        bool isGood = model is { Constant: >= 0, Linear: >= 0 }
            && model.Linear + (2 * model.Quadratic * maxTokens) >= 0
            && model.At(maxTokens) is > 0 and < double.PositiveInfinity;
        return isGood ? model : null;
    }
}
