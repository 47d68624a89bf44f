namespace Llumnix.Simulation.Engines;

/// <summary>The profiles that need no file.</summary>
public static class EngineProfiles
{
    /// <summary>Llama-3.1-8B FP8 on one H200, fitted to measurements.</summary>
    public static EngineProfile H200Llama8B { get; } = new(
        "h200-llama-3.1-8b-fp8",
        PolynomialLatencyModel.H200Llama8B,
        KvCapacityTokens: 945_029,
        "Llama-3.1-8B FP8 on one H200 SXM under vLLM 0.10.1, fitted to measurements");

    /// <summary>Qwen3-32B in bf16 on one H20, estimated.</summary>
    public static EngineProfile H20Qwen32B { get; } = new(
        "h20-qwen3-32b-estimate",
        PolynomialLatencyModel.H20Qwen32BEstimate,
        KvCapacityTokens: 60_000,
        "Qwen3-32B in bf16 on one H20 with 96 GB: an estimate from data sheets, not measured");

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<EngineProfile> All { get; } = [H200Llama8B, H20Qwen32B];

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [.. All.Select(static profile => profile.Name)];

    /// <summary>The profile of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static EngineProfile Find(string name) =>
        All.FirstOrDefault(profile => profile.Name == name) ?? throw new ArgumentException($"unknown profile '{name}'", nameof(name));
}
