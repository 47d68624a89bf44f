namespace Llumnix.Simulation.Fleet;

/// <summary>The activity of an engine in one interval of the timeline.</summary>
/// <param name="PrefillShare">Share of the interval that steps with prefill took, 0 to 1.</param>
/// <param name="DecodeShare">Share of the interval that steps without prefill took, 0 to 1.</param>
/// <param name="DecodeBatch">Running requests at its end.</param>
/// <param name="Waiting">Waiting requests at its end.</param>
/// <param name="KvUsage">Share of the KV cache in use at its end, 0 to 1.</param>
public readonly record struct EngineSample(float PrefillShare, float DecodeShare, int DecodeBatch, int Waiting, float KvUsage);
