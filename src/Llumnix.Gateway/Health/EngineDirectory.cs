using Llumnix.Gateway.Placement;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Gateway.Health;

/// <summary>The engines that there are and stay, as discovery tells it. May be read from any thread.</summary>
public sealed class EngineDirectory : IDiscoverySink
{
    private volatile IReadOnlyList<EngineTarget> _engines = [];

    /// <summary>All engines but the terminating ones, which get nothing new.</summary>
    public IReadOnlyList<EngineTarget> Engines => _engines;

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<DiscoveredInstance> instances) => _engines = [.. instances.Where(static instance => !instance.IsTerminating).Select(static instance => new EngineTarget
    {
        Id = instance.Id,
        Host = instance.Host,
        Port = instance.Port,
        Role = instance.InferType,
        AuxIp = instance.AuxIp,
        AuxPort = instance.AuxPort,
        DataParallelRank = instance.DataParallelRank,
        DataParallelSize = instance.DataParallelSize,
        Model = instance.Model,
        Version = instance.Version,
    })];
}
