using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Cms;

/// <summary>The store in which engines publish their metadata and status. Thread-safe.</summary>
public interface IStatusPublisher
{
    /// <summary>Writes an engine's metadata with the keys' time to live.</summary>
    /// <returns>False when the store did not accept it.</returns>
    Task<bool> TryPublishAsync(InstanceMetadata metadata, CancellationToken cancellationToken);

    /// <summary>Writes an engine's status with the keys' time to live.</summary>
    /// <returns>False when the store did not accept it.</returns>
    Task<bool> TryPublishAsync(InstanceStatus status, CancellationToken cancellationToken);

    /// <summary>Deletes both.</summary>
    /// <returns>False when the store did not answer.</returns>
    Task<bool> TryRemoveAsync(string instanceId, CancellationToken cancellationToken);
}
