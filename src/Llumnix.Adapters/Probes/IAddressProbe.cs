using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Probes;

/// <summary>Probes addresses. Thread-safe.</summary>
public interface IAddressProbe
{
    /// <summary>Finds out whether something answers at the address of an instance's API server, within a bounded time.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<ProbeOutcome> ProbeAsync(InstanceAddress address, CancellationToken cancellationToken);
}
