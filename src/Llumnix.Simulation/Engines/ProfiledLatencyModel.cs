using Llumnix.Scheduling.Profiles;

namespace Llumnix.Simulation.Engines;

/// <summary>Latency from the profiling tables that the <c>slo</c> policy reads.</summary>
public sealed class ProfiledLatencyModel(LatencyProfile profile) : IStepLatencyModel
{
    /// <inheritdoc/>
    public TimeSpan Prefill(int tokens) => TimeSpan.FromMilliseconds(profile.PrefillMs(tokens));

    /// <inheritdoc/>
    public TimeSpan Decode(int batch, long kvTokens) => TimeSpan.FromMilliseconds(profile.DecodeMs(batch, kvTokens));
}
