using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Protocol.Http;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Instance = Llumnix.Protocol.Http.Instance;

namespace Llumnix.Cli.Load;

/// <summary>Asks the scheduler where the requests of the load go.</summary>
/// <param name="scheduler">The scheduler.</param>
/// <param name="options">How requests are scheduled.</param>
/// <param name="gatewayId">The gateway's present id.</param>
/// <param name="reporter">Reports on placed requests; null in full mode.</param>
/// <param name="statistics">Counts placements.</param>
internal sealed class LoadPlacer(
    SchedulerClient scheduler, GatewayLoadOptions options, Func<string> gatewayId, RequestReporter? reporter, LoadStatistics statistics)
{
    private readonly string _mode = options.Mode.ToName();

    /// <summary>Asks for a placement.</summary>
    /// <param name="request">The request.</param>
    /// <param name="stage">The stage, with <see cref="SchedulingMode.PdStaged"/>; else null.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<ScheduleAnswer> ScheduleAsync(LoadRequest request, InferType? stage, CancellationToken cancellation)
    {
        ScheduleRequestBody message = MessageFor(request, stage);
        SchedulerAnswer answer = await scheduler.ScheduleAsync(message, cancellation);
        return answer.Outcome == SchedulerOutcome.Placed
            ? new(null, [.. answer.Instances.Select(instance => Reserve(request, message with { PromptTokenIds = null }, instance))])
            : new(FailureOf(answer.Outcome), []);
    }

    private static FailureKind FailureOf(SchedulerOutcome outcome) => outcome switch
    {
        SchedulerOutcome.Busy or SchedulerOutcome.PromptTooLong => FailureKind.NoAvailableEndpoint,
        SchedulerOutcome.NotFound or SchedulerOutcome.AllExcluded => FailureKind.EndpointNotFound,
        SchedulerOutcome.Unreachable => FailureKind.Connection,
        SchedulerOutcome.TimedOut => FailureKind.Timeout,
        _ => FailureKind.SchedulerNotReady,
    };

    private ScheduleRequestBody MessageFor(LoadRequest request, InferType? stage) => new()
    {
        Id = request.Id,
        Model = options.Model,
        GatewayId = gatewayId(),
        SchedulingMode = _mode,
        SchedulingStage = stage?.ToName() ?? "",
        PromptNumTokens = request.Arrival.PromptTokens,
        PromptTokenIds = request.TokenIds,
    };

    private Reservation Reserve(LoadRequest request, ScheduleRequestBody message, Instance instance)
    {
        statistics.OnPlaced(instance.Endpoint!.ToAddress());
        return new(scheduler, message, instance, reporter?.Track(message, instance, () => request.Timeline.Tokens));
    }
}
