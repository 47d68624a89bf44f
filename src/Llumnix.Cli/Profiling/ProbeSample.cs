namespace Llumnix.Cli.Profiling;

/// <summary>The tokens of one completion that ran as requested.</summary>
/// <param name="Times">Milliseconds from the request to each event with tokens; at least one.</param>
/// <param name="Tokens">Cumulative number of tokens at each of these events.</param>
/// <param name="CachedTokens">Prompt tokens that the engine found in its prefix cache.</param>
internal sealed record ProbeSample(double[] Times, double[] Tokens, int CachedTokens)
{
    /// <summary>Mean milliseconds per token within a time span.</summary>
    /// <returns>Null when there were fewer than three events.</returns>
    public double? MeanStep(double from, double to)
    {
        int first = Array.FindIndex(Times, time => time >= from);
        int last = Array.FindLastIndex(Times, time => time <= to);
        return first >= 0 && last - first >= 2 ? (Times[last] - Times[first]) / (Tokens[last] - Tokens[first]) : null;
    }
}
