namespace Llumnix.Simulation.Engines;

/// <summary>
/// Latency by fitted constants, all in milliseconds: prefill of n tokens = a + b·n + c·n²; decode = d + e·batch + f·kv_tokens.
/// </summary>
public sealed record PolynomialLatencyModel : IStepLatencyModel
{
    /// <summary>Llama-3.1-8B FP8 on one H200 SXM under vLLM 0.10.1, fitted to measurements.</summary>
    public static PolynomialLatencyModel H200Llama8B { get; } = new()
    {
        PrefillBase = 18.55,
        PrefillPerToken = 0.01411,
        PrefillPerTokenSquared = 4.919e-7,
        DecodeBase = 4.388,
        DecodePerRequest = 0.0385,
        DecodePerKvToken = 2.932e-5,
    };

    /// <summary>a: milliseconds of any step that contains prefill.</summary>
    public double PrefillBase { get; init; }

    /// <summary>b: milliseconds per prefill token.</summary>
    public double PrefillPerToken { get; init; }

    /// <summary>c: milliseconds per squared prefill token.</summary>
    public double PrefillPerTokenSquared { get; init; }

    /// <summary>d: milliseconds of any step that contains decodes.</summary>
    public double DecodeBase { get; init; }

    /// <summary>e: milliseconds per decoding request.</summary>
    public double DecodePerRequest { get; init; }

    /// <summary>f: milliseconds per KV token that the decodes read.</summary>
    public double DecodePerKvToken { get; init; }

    /// <summary>An engine on which each step takes this many times as long.</summary>
    /// <param name="factor">Above 0.</param>
    public PolynomialLatencyModel SlowedDown(double factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(factor, 0);
        return new PolynomialLatencyModel
        {
            PrefillBase = PrefillBase * factor,
            PrefillPerToken = PrefillPerToken * factor,
            PrefillPerTokenSquared = PrefillPerTokenSquared * factor,
            DecodeBase = DecodeBase * factor,
            DecodePerRequest = DecodePerRequest * factor,
            DecodePerKvToken = DecodePerKvToken * factor,
        };
    }

    /// <inheritdoc />
    public TimeSpan Prefill(int tokens) =>
        TimeSpan.FromMilliseconds(PrefillBase + (PrefillPerToken * tokens) + (PrefillPerTokenSquared * tokens * tokens));

    /// <inheritdoc />
    public TimeSpan Decode(int batch, long kvTokens) =>
        TimeSpan.FromMilliseconds(DecodeBase + (DecodePerRequest * batch) + (DecodePerKvToken * kvTokens));
}
