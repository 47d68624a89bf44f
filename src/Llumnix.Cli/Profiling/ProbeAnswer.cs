namespace Llumnix.Cli.Profiling;

/// <summary>What came of one request of a measurement.</summary>
/// <param name="Sample">Its times; null when they are no measurement.</param>
/// <param name="Refusal">Why they are not.</param>
internal readonly record struct ProbeAnswer(ProbeSample? Sample, string? Refusal)
{
    public static ProbeAnswer Refused(string reason) => new(null, reason);
}
