using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Cms;

/// <summary>Port: where engines tell who they are and how loaded they are.</summary>
internal interface IStatusPublisher
{
    /// <summary>Writes an engine's metadata, good for the keys' time to live.</summary>
    /// <returns>False when the store did not take it.</returns>
    Task<bool> TryPublishAsync(InstanceMetadata metadata, CancellationToken cancellationToken);

    /// <summary>Writes an engine's status, good for the keys' time to live.</summary>
    /// <returns>False when the store did not take it.</returns>
    Task<bool> TryPublishAsync(InstanceStatus status, CancellationToken cancellationToken);

    /// <summary>Deletes both.</summary>
    /// <returns>False when the store did not answer.</returns>
    Task<bool> TryRemoveAsync(string instanceId, CancellationToken cancellationToken);
}
