namespace Llumnix.Scheduling.StepTimes;

/// <summary>Duration of a step by its prefill tokens x: a·x² + b·x + c milliseconds. Immutable.</summary>
/// <param name="Quadratic">a.</param>
/// <param name="Linear">b.</param>
/// <param name="Constant">c.</param>
public sealed record StepTimeModel(double Quadratic, double Linear, double Constant)
{
    /// <summary>Milliseconds of a step with so many prefill tokens.</summary>
    public double At(double tokens) => (((Quadratic * tokens) + Linear) * tokens) + Constant;

    /// <summary>
    /// Fits a model to samples by least squares: a parabola; if that is ill-conditioned, not positive or falls somewhere in (0,
    /// <paramref name="maxTokens"/>], a line; if that has the same faults, their mean.
    /// </summary>
    /// <param name="samples">At least one.</param>
    /// <param name="maxTokens">Largest number of prefill tokens in a step, at least 1.</param>
    public static StepTimeModel Fit(ReadOnlySpan<StepSample> samples, double maxTokens)
    {
        StepMoments moments = StepMoments.Of(samples);
        return Accept(moments.Parabola(), maxTokens) ?? Accept(moments.Line(), maxTokens) ?? new StepTimeModel(0, 0, moments.MeanDurationMs);
    }

    /// <summary>Monotone on [0, max] and so positive on (0, max] if it is at 0 not negative and not constantly 0.</summary>
    private static StepTimeModel? Accept(StepTimeModel? model, double maxTokens)
    {
        bool isGood = model is { Constant: >= 0, Linear: >= 0 }
            && model.Linear + (2 * model.Quadratic * maxTokens) >= 0
            && model.At(maxTokens) is > 0 and < double.PositiveInfinity;
        return isGood ? model : null;
    }
}
