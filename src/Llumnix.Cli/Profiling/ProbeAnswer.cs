namespace Llumnix.Cli.Profiling;

/// <summary>The result of one request of a measurement.</summary>
/// <param name="Sample">Its times; null when they are not a measurement.</param>
/// <param name="Refusal">The reason then.</param>
internal readonly record struct ProbeAnswer(ProbeSample? Sample, string? Refusal)
{
    public static ProbeAnswer Refused(string reason) => new(null, reason);
}
