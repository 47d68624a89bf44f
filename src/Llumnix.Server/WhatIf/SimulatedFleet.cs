using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Simulation.Engines;

namespace Llumnix.Server.WhatIf;

/// <summary>The fleet as it is now, as modelled engines.</summary>
/// <param name="Engines">The engines: one for each instance that may get requests.</param>
/// <param name="LeftOut">Instances that get no requests now.</param>
/// <param name="Model">Where the engines' step times come from, as words.</param>
/// <param name="Latency">The engines' step times.</param>
internal sealed record SimulatedFleet(IReadOnlyList<EngineConfiguration> Engines, int LeftOut, string Model, IStepLatencyModel Latency)
{
    /// <summary>Standard deviation of the factor that each step's duration is multiplied with, since no engine's steps are all alike.</summary>
    internal const double Noise = 0.05;

    /// <summary>Makes it.</summary>
    /// <param name="sample">The fleet.</param>
    /// <param name="profiles">The profiling tables, where there are some.</param>
    /// <exception cref="ProfilingTableException">A table cannot be used.</exception>
    internal static SimulatedFleet Of(FleetSample sample, ProfileOptions profiles)
    {
        bool hasTables = profiles is { TtftPath.Length: > 0, TpotPath.Length: > 0 };
        EngineProfile builtIn = EngineProfiles.H200Llama8B;
        IStepLatencyModel latency = hasTables ? new ProfiledLatencyModel(ProfilingTables.Read(profiles.TtftPath, profiles.TpotPath, [])) : builtIn.Latency;
        FleetInstance[] healthy = [.. sample.Instances.Where(static instance => instance.Health == FleetSample.HealthNames[(int)InstanceHealth.Ok])];
        return new SimulatedFleet(
            [.. healthy.Select(instance => new EngineConfiguration
            {
                InferType = InferTypeNames.TryParse(instance.Role, out InferType role) ? role : InferType.Neutral,
                KvCapacityTokens = instance.KvTotalTokens is > 0 and { } total ? (int)Math.Clamp(total, 1024, int.MaxValue) : builtIn.KvCapacityTokens,
                Latency = latency,
                ProfilingSteps = 50,
                PrefixCacheEnabled = false,
                Noise = Noise,
            })],
            sample.Instances.Count - healthy.Length,
            hasTables ? "the profiling tables" : $"the built-in profile {builtIn.Name} ({builtIn.Description}), since there are no profiling tables",
            latency);
    }
}
