using System.Net;
using Llumnix.Protocol.Http;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Microsoft.Extensions.Logging;
using Instance = Llumnix.Protocol.Http.Instance;

namespace Llumnix.Cli.Load;

/// <summary>The gateway's side of the scheduler's HTTP API.</summary>
/// <param name="http">Connections.</param>
/// <param name="options">Where the scheduler is.</param>
/// <param name="gatewayId">The gateway's present id.</param>
/// <param name="reporter">Reports on placed requests; null in full mode.</param>
/// <param name="statistics">Counts placements.</param>
/// <param name="time">Timeouts.</param>
/// <param name="logger">Failures.</param>
internal sealed partial class SchedulerClient(
    HttpClient http,
    GatewayLoadOptions options,
    Func<string> gatewayId,
    RequestReporter? reporter,
    LoadStatistics statistics,
    TimeProvider time,
    ILogger logger)
{
    private readonly Uri _schedule = new(options.Scheduler, "/schedule");
    private readonly Uri _release = new(options.Scheduler, "/release");
    private readonly string _mode = ModeName(options.Mode);

    /// <summary>Asks for a placement.</summary>
    /// <param name="request">The request.</param>
    /// <param name="stage">The stage, with <see cref="SchedulingMode.PdStaged"/>; else null.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="OperationCanceledException">Cancelled, or no answer within the time allowed.</exception>
    /// <exception cref="HttpRequestException">No connection.</exception>
    public async Task<ScheduleAnswer> ScheduleAsync(LoadRequest request, InferType? stage, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.SchedulerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        ScheduleRequestBody message = MessageFor(request, stage);
        using var post = new HttpRequestMessage(HttpMethod.Post, _schedule) { Content = JsonBody.From(message, HttpJsonContext.Default.ScheduleRequestBody) };
        using HttpResponseMessage response = await http.SendAsync(post, HttpCompletionOption.ResponseHeadersRead, either.Token);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return Refused(FailureOf(response.StatusCode));
        }

        ScheduleRequestBody? answer = await JsonBody.ReadAsync(response.Content, HttpJsonContext.Default.ScheduleRequestBody, either.Token);
        return answer?.SchedulingResult is { Count: > 0 } instances && instances.All(instance => instance?.Endpoint?.IsUsable() == true)
            ? new(null, [.. instances.Select(instance => Reserve(request, message with { PromptTokenIds = null }, instance))])
            : Refused(FailureKind.SchedulerNotReady);
    }

    /// <summary>Releases an instance. A failure is only logged, since the request itself has ended.</summary>
    /// <remarks>Sent even while the load is being stopped, as otherwise the scheduler would go on counting the request.</remarks>
    public async Task ReleaseAsync(ScheduleRequestBody message)
    {
        try
        {
            using var limit = new CancellationTokenSource(options.SchedulerTimeout, time);
            using HttpContent body = JsonBody.From(message, HttpJsonContext.Default.ScheduleRequestBody);
            using HttpResponseMessage response = await http.PostAsync(_release, body, limit.Token);
            if (!response.IsSuccessStatusCode)
            {
                LogReleaseRefused(message.Id, (int)response.StatusCode);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            LogReleaseFailed(message.Id, exception.Message);
        }
    }

    private static ScheduleAnswer Refused(FailureKind failure) => new(failure, []);

    private static FailureKind FailureOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.TooManyRequests => FailureKind.NoAvailableEndpoint,
        HttpStatusCode.NotFound => FailureKind.EndpointNotFound,
        _ => FailureKind.SchedulerNotReady,
    };

    private static string ModeName(SchedulingMode mode) => mode switch
    {
        SchedulingMode.PdBatch => "pd_batch",
        SchedulingMode.PdStaged => "pd_staged",
        _ => "neutral",
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
        return new(this, message, instance, reporter?.Track(request, instance));
    }
}
