using Llumnix.Gateway.Placement.PowerOfTwo;
using Llumnix.Protocol.Http;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>A request's use of an instance that a scheduler gave it; released at that scheduler.</summary>
internal sealed class SchedulerLease : PlacementLease
{
    private readonly SchedulerPeer _scheduler;
    private readonly ReleaseQueue _releases;
    private readonly EngineLoads _loads;
    private readonly ScheduleRequestBody _message;
    private readonly Instance _instance;
    private readonly IDisposable _report;
    private Task _settled = Task.CompletedTask;

    internal SchedulerLease(
        SchedulerPeer scheduler, ReleaseQueue releases, EngineLoads loads, ScheduleRequestBody message, Instance instance, EngineTarget target)
        : base(target)
    {
        (_scheduler, _releases, _loads, _message, _instance) = (scheduler, releases, loads, message, instance);
        loads.Begin(target);
        _report = scheduler.Track(message, instance, () => OutputTokens);
    }

    /// <inheritdoc/>
    public override Task Settled => _settled;

    /// <inheritdoc/>
    protected override ValueTask ReleaseAsync()
    {
        _report.Dispose();
        _loads.End(Target);
        _settled = _releases.Post(_scheduler.Client, _message, _instance);
        return ValueTask.CompletedTask;
    }
}
