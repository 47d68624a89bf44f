using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Llumnix.Gateway.Placement;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.Hosting;
using Llumnix.Server.Telemetry;

namespace Llumnix.Cli.Serve;

/// <summary>Places the gateway's requests by a scheduler in the same process: a decision is a call. It tells first tokens within a moment, and every second how far all are.</summary>
/// <param name="runtime">The scheduler and what feeds it.</param>
/// <param name="telemetry">Counts decisions and their time.</param>
/// <param name="time">The clock.</param>
internal sealed class LocalPlacer(SchedulingModeRuntime runtime, SchedulerTelemetry telemetry, TimeProvider time) : IRequestPlacer
{
    /// <summary>How the scheduler knows this gateway.</summary>
    internal const string GatewayId = "in-process:1";

    private const int TicksPerReport = 50;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private readonly RequestProgressBatch _progress = new();
    private readonly TaskCompletionSource _isRunning = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<LocalLease, bool> _leases = new();
    private readonly ConditionalWeakTable<InstanceAddress, EngineTarget>[] _targets = [[], [], []];

    /// <summary>Requests that have an instance now.</summary>
    internal int LeaseCount => _leases.Count;

    /// <inheritdoc/>
    public ValueTask<PlacementAnswer> PlaceAsync(PlacementQuery query, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        PlacementAnswer answer = Place(query);
        return answer.Refusal == PlacementRefusal.NotReady && !_isRunning.Task.IsCompleted
            ? PlaceOnceRunningAsync(query, cancellation)
            : ValueTask.FromResult(answer);
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellation)
    {
        runtime.Gateways.OnGatewayConnected(GatewayId, isProven: true);
        try
        {
            // A list of engines is taken over by the time that this call returns.
            Task running = runtime.RunAsync(cancellation);
            _isRunning.TrySetResult();
            await Task.WhenAll(running, runtime.RescheduleAsync(cancellation), ReportAsync(cancellation));
        }
        finally
        {
            runtime.Gateways.OnGatewayLost(GatewayId, isProven: true);
        }
    }

    /// <inheritdoc/>
    public string? FindReasonNotReady() => runtime.FindReasonNotReady();

    /// <inheritdoc/>
    public string? FindWarning() => runtime.FindWarning();

    internal void Release(LocalLease lease)
    {
        _leases.TryRemove(lease, out _);
        EngineTarget target = lease.Target;
        var released = new ReleasedInstance(
            target.Host, target.Port, target.Role, target.Id, target.Version, target.DataParallelRank, GatewayId);
        runtime.Scheduler.Release(lease.RequestId, in released);
        if (lease.FinalOutputTokens is > 0 and int output)
        {
            runtime.History?.ObserveEnd(lease.RequestId, (long)lease.PromptTokens + output);
        }
    }

    /// <summary>Tells the scheduler how far requests are. One call at a time.</summary>
    /// <param name="isAllDue">Whether of all requests, and not only of those whose first token has not been told.</param>
    internal void Report(bool isAllDue)
    {
        _progress.Clear();
        foreach ((LocalLease lease, _) in _leases)
        {
            int output = lease.OutputTokens;
            if (isAllDue || (output > 0 && !lease.IsFirstTokenTold))
            {
                lease.IsFirstTokenTold = output > 0;
                _progress.Add(lease.RequestId, lease.Target.Id, (long)lease.PromptTokens + output, isPrefillDone: output > 0, GatewayId);
            }
        }

        if (_progress.Count > 0)
        {
            runtime.Gateways.Report(_progress);
        }
    }

    /// <summary>The listener is open a moment before the scheduler runs: a request that comes in between waits for it.</summary>
    private async ValueTask<PlacementAnswer> PlaceOnceRunningAsync(PlacementQuery query, CancellationToken cancellation)
    {
        await _isRunning.Task.WaitAsync(cancellation);
        return Place(query);
    }

    private static PlacementRefusal RefusalOf(ScheduleOutcome outcome) => outcome switch
    {
        ScheduleOutcome.EndpointNotFound => PlacementRefusal.NotFound,
        ScheduleOutcome.NoAvailableEndpoint or ScheduleOutcome.Deferred => PlacementRefusal.Busy,
        ScheduleOutcome.PromptTooLong => PlacementRefusal.PromptTooLong,
        ScheduleOutcome.AllExcluded => PlacementRefusal.AllExcluded,
        _ => PlacementRefusal.NotReady,
    };

    private PlacementAnswer Place(PlacementQuery query)
    {
        var request = new PlacementRequest(
            query.RequestId,
            query.Mode,
            query.Stage,
            query.PromptTokens,
            Model: query.Model,
            GatewayId: GatewayId,
            ExcludedInstances: query.Excluded,
            Prefix: query.Prefix,
            IsRetry: query.IsRetry);
        ScheduleOutcome outcome = telemetry.Schedule(runtime.Scheduler, in request, out Placement placement, time);
        if (outcome != ScheduleOutcome.Placed)
        {
            return new PlacementAnswer(RefusalOf(outcome), null);
        }

        return new PlacementAnswer(
            PlacementRefusal.None, Lease(query, placement.First), placement.Second is { } decode ? Lease(query, decode) : null);
    }

    private LocalLease Lease(PlacementQuery query, in PlacedInstance placed)
    {
        var lease = new LocalLease(this, query.RequestId, query.PromptTokens, TargetOf(placed));
        _leases[lease] = true;
        return lease;
    }

    /// <summary>One object per instance and role, as long as the instance lives.</summary>
    private EngineTarget TargetOf(in PlacedInstance placed)
    {
        ConditionalWeakTable<InstanceAddress, EngineTarget> known = _targets[(int)placed.Role];
        if (!known.TryGetValue(placed.Instance, out EngineTarget? target))
        {
            InferType role = placed.Role;
            target = known.GetValue(placed.Instance, instance => ToTarget(instance, role));
        }

        return target;
    }

    private async Task ReportAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Tick, time);
        for (int tick = 1; await timer.WaitForNextTickAsync(cancellation); tick = (tick % TicksPerReport) + 1)
        {
            Report(isAllDue: tick == TicksPerReport);
        }
    }

    private static EngineTarget ToTarget(InstanceAddress instance, InferType role) => new()
    {
        Id = instance.WireId,
        Host = instance.Host,
        Port = instance.Port,
        Role = role,
        AuxIp = instance.AuxIp,
        AuxPort = instance.AuxPort,
        DataParallelRank = instance.DataParallelRank,
        DataParallelSize = instance.DataParallelSize,
        Model = instance.Model,
        Version = instance.Version,
    };
}
