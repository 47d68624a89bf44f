using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.LiteMode;

/// <summary>Lite mode's drains: what an instance has to do is told by its request states.</summary>
/// <param name="clock">The clock.</param>
internal sealed class LiteModeDrains(SchedulerClock clock) : DrainSet<LiteModeInstance>(clock)
{
    /// <inheritdoc/>
    protected override DrainSubject SubjectOf(LiteModeInstance instance)
    {
        DiscoveredInstance description = instance.Description;
        return new DrainSubject(
            description.Id,
            description.NodeId,
            UnitId: "",
            description.Labels,
            description.IsTerminating,
            new EngineProcess(UtcCreate: 0, Host: "", Port: 0, instance.HighestVersion));
    }

    /// <inheritdoc/>
    protected override DrainWork WorkOf(LiteModeInstance instance) =>
        new(instance.Tracked.RunningRequests, instance.Tracked.WaitingRequests);

    /// <inheritdoc/>
    protected override string? WhyUnknown(LiteModeInstance instance, long since) => null;
}
