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

    /// <summary>
    /// Qwen3-32B in bf16 on one H20: an estimate from data sheets (a roofline), not measured. 32.8e9 weights, 64 layers, 8 KV heads of 128; 148 TFLOPS, of which 80 percent
    /// are reached, and 4.0 TB/s, of which 75 percent are.
    /// </summary>
    /// <remarks>
    /// Prefill: 2 FLOPs per weight and token are 0.55 ms; causal attention, 4 · 64 heads · 128 · 64 layers / 2 FLOPs per squared token, is 8.9e-6 ms. Decode: the weights are
    /// read once, 65.6 GB in 22 ms; 262,144 bytes of KV per token of context in 8.7e-5 ms. What is left of 86 GB holds 60,000 tokens. The times of a step
    /// (15 ms with prefills) and of a request in it (0.3 ms) are guesses at what an engine needs beside the accelerator.
    /// </remarks>
    public static PolynomialLatencyModel H20Qwen32BEstimate { get; } = new()
    {
        PrefillBase = 15,
        PrefillPerToken = 0.55,
        PrefillPerTokenSquared = 8.9e-6,
        DecodeBase = 22,
        DecodePerRequest = 0.3,
        DecodePerKvToken = 8.7e-5,
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
