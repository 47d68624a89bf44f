using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>
/// Passes the fleet that a store or a list describes to an <see cref="IDiscoverySink"/>. While the store fails, the sink keeps its list.
/// </summary>
public interface IDiscoverySource
{
    /// <summary>How the source is doing; may be read from any thread.</summary>
    DiscoveryState State { get; }

    /// <summary>Follows the store until it is cancelled; nothing that the store does ends it.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task RunAsync(CancellationToken cancellationToken);
}
