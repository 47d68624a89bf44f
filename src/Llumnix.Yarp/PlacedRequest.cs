using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Yarp;

/// <summary>A request that counts as load of an engine until it is disposed of.</summary>
/// <param name="scheduler">The scheduler that has placed it.</param>
/// <param name="requestId">Its id there.</param>
/// <param name="instance">The engine.</param>
internal sealed class PlacedRequest(IRequestScheduler scheduler, string requestId, InstanceAddress instance) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        var released = new ReleasedInstance(
            instance.Host, instance.Port, InferType.Neutral, instance.WireId, instance.Version, instance.DataParallelRank);
        scheduler.Release(requestId, in released);
    }
}
