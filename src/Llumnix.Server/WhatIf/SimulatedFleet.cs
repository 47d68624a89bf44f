using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Profiles;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Simulation.Engines;

namespace Llumnix.Server.WhatIf;

/// <summary>The fleet as it is now, as modelled engines.</summary>
/// <param name="Engines">The engines: one for each instance that may get requests.</param>
/// <param name="LeftOut">Instances that get no requests now.</param>
/// <param name="Model">Where the engines' step times come from, as words.</param>
/// <param name="Latency">The step times of the first engine.</param>
internal sealed record SimulatedFleet(IReadOnlyList<EngineConfiguration> Engines, int LeftOut, string Model, IStepLatencyModel Latency)
{
    /// <summary>Standard deviation of the factor that each step's duration is multiplied with, since no engine's steps are all alike.</summary>
    internal const double Noise = 0.05;

    /// <summary>Makes it.</summary>
    /// <param name="sample">The fleet.</param>
    /// <param name="metadata">What instances say of themselves, by their ids.</param>
    /// <param name="classes">The profiling tables, where there are some.</param>
    internal static SimulatedFleet Of(FleetSample sample, IReadOnlyDictionary<string, InstanceMetadata> metadata, SimulatedClasses classes)
    {
        EngineProfile builtIn = EngineProfiles.H200Llama8B;
        FleetInstance[] healthy = [.. sample.Instances.Where(static instance => instance.Health == FleetSample.HealthNames[(int)InstanceHealth.Ok])];
        (FleetInstance Instance, ProfileClass? Of)[] classed = [.. healthy.Select(instance => (instance, classes.Of(metadata.GetValueOrDefault(instance.Id))))];
        var latencies = classed.Where(static one => one.Of is not null).DistinctBy(static one => one.Of!.Name)
            .ToDictionary(static one => one.Of!.Name, static IStepLatencyModel (one) => new ProfiledLatencyModel(one.Of!.Profile), StringComparer.Ordinal);
        return new SimulatedFleet(
            [.. classed.Select(one => new EngineConfiguration
            {
                InferType = InferTypeNames.TryParse(one.Instance.Role, out InferType role) ? role : InferType.Neutral,
                Labels = classes.LabelsOf(one.Of),
                KvCapacityTokens = one.Instance.KvTotalTokens is > 0 and { } total ? (int)Math.Clamp(total, 1024, int.MaxValue) : builtIn.KvCapacityTokens,
                Latency = one.Of is null ? builtIn.Latency : latencies[one.Of.Name],
                ProfilingSteps = 50,
                PrefixCacheEnabled = false,
                Noise = Noise,
            })],
            sample.Instances.Count - healthy.Length,
            ModelOf(classed, classes.AreSeveral, $"the built-in profile {builtIn.Name} ({builtIn.Description})"),
            latencies.Values.FirstOrDefault(builtIn.Latency));
    }

    private static string ModelOf((FleetInstance Instance, ProfileClass? Of)[] classed, bool areSeveral, string builtIn)
    {
        string byClass = string.Join(", ", classed.Where(static one => one.Of is not null).CountBy(static one => one.Of!.Name).Select(static pair => FormattableString.Invariant($"{pair.Value} of {pair.Key}")));
        int without = classed.Count(static one => one.Of is null);
        return byClass.Length == 0 ? $"{builtIn}, since there are no profiling tables"
            : !areSeveral ? "the profiling tables"
            : $"the profiling tables of their classes ({byClass})" + (without == 0 ? "" : FormattableString.Invariant($", and of {without} without tables from {builtIn}"));
    }
}
