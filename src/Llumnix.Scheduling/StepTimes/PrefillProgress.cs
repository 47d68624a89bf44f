namespace Llumnix.Scheduling.StepTimes;

/// <summary>Estimates the progress of an engine's prefills since its last status.</summary>
internal static class PrefillProgress
{
    /// <summary>
    /// Simulates steps: the first one computes the running prefills, if they are less than a full step; each further one as much of the rest as fits.
    /// A step that ends within the time counts whole, the last one in proportion. Full steps are counted in one division, so that the cost does not
    /// depend on the backlog.
    /// </summary>
    /// <param name="model">The step time; null when it is unknown, and then the progress is 0.</param>
    /// <param name="runningTokens">Uncomputed tokens of running prefills in the status.</param>
    /// <param name="waitingTokens">Uncomputed tokens of waiting prefills in the status.</param>
    /// <param name="elapsedMs">Time since the status.</param>
    /// <param name="maxTokens">Largest number of tokens in a step, at least 1.</param>
    /// <returns>Tokens computed since the status: 0 to <paramref name="runningTokens"/> + <paramref name="waitingTokens"/>.</returns>
    public static double ComputedTokens(
        StepTimeModel? model, double runningTokens, double waitingTokens, double elapsedMs, double maxTokens)
    {
        double remaining = Math.Max(0, runningTokens) + Math.Max(0, waitingTokens);
        if (model is null || !(elapsedMs > 0) || remaining == 0)
        {
            return 0;
        }

        double computed = 0;
        if (runningTokens > 0 && runningTokens < maxTokens
            && !TryStep(model, runningTokens, ref computed, ref remaining, ref elapsedMs))
        {
            return computed;
        }

        if (remaining >= maxTokens)
        {
            double full = model.At(maxTokens);
            if (!IsDuration(full))
            {
                return computed;
            }

            double steps = Math.Floor(Math.Min(remaining / maxTokens, elapsedMs / full));
            computed += steps * maxTokens;
            remaining -= steps * maxTokens;
            elapsedMs -= steps * full;
        }

        if (remaining > 0)
        {
            _ = TryStep(model, Math.Min(remaining, maxTokens), ref computed, ref remaining, ref elapsedMs);
        }

        return computed;
    }

    /// <returns>Whether the step ended within the time.</returns>
    private static bool TryStep(StepTimeModel model, double batch, ref double computed, ref double remaining, ref double elapsedMs)
    {
        double duration = model.At(batch);
        if (!IsDuration(duration))
        {
            return false;
        }

        double share = Math.Clamp(elapsedMs / duration, 0, 1);
        computed += batch * share;
        remaining -= batch;
        elapsedMs -= duration;
        return elapsedMs >= 0;
    }

    private static bool IsDuration(double ms) => ms is > 0 and < double.PositiveInfinity;
}
