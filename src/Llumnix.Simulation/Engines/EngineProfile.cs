namespace Llumnix.Simulation.Engines;

/// <summary>A model on an accelerator, as engines are simulated.</summary>
/// <param name="Name">The name in command lines and scenarios.</param>
/// <param name="Latency">The step times.</param>
/// <param name="KvCapacityTokens">Tokens that the KV cache holds.</param>
/// <param name="Description">What it stands for and where the numbers come from, in one line.</param>
public sealed record EngineProfile(string Name, PolynomialLatencyModel Latency, int KvCapacityTokens, string Description);
