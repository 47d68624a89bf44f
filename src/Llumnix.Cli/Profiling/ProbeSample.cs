namespace Llumnix.Cli.Profiling;

/// <summary>The tokens of one completion that went as asked.</summary>
/// <param name="Times">Milliseconds from the request to each event that brought tokens; at least one.</param>
/// <param name="Tokens">Tokens that have come by then.</param>
/// <param name="CachedTokens">Prompt tokens that the engine found in its prefix cache.</param>
internal sealed record ProbeSample(double[] Times, double[] Tokens, int CachedTokens)
{
    /// <summary>Mean milliseconds of a token within a span of time.</summary>
    /// <returns>Null when fewer than three events came in it.</returns>
    public double? MeanStep(double from, double to)
    {
        int first = Array.FindIndex(Times, time => time >= from);
        int last = Array.FindLastIndex(Times, time => time <= to);
        return first >= 0 && last - first >= 2 ? (Times[last] - Times[first]) / (Tokens[last] - Tokens[first]) : null;
    }
}
