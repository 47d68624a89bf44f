using Llumnix.Scheduling;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Http;

/// <summary>The HTTP face: finds the method and path, checks token and size, answers.</summary>
/// <remarks>A handler of its own rather than routed endpoints, since every microsecond here is paid per request.</remarks>
internal sealed class ApiHandler(
    IRequestScheduler scheduler,
    ServiceToken token,
    Readiness readiness,
    SchedulerTelemetry telemetry,
    MetricsPage metrics,
    bool isInputLogged,
    TimeProvider time,
    ILogger<ApiHandler> logger)
{
    /// <summary>Largest body of a request, in bytes.</summary>
    internal const int MaxBodyBytes = 16 * 1024 * 1024;

    internal Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        return path switch
        {
            "/schedule" => PostAsync(context, isSchedule: true),
            "/release" => PostAsync(context, isSchedule: false),
            "/healthz" => GetAsync(context, static (_, response) => response.WriteAsync("ok\n")),
            "/readyz" => GetAsync(context, static (self, response) => self.WriteReadinessAsync(response)),
            "/metrics" => GetAsync(context, static (self, response) => self.WriteMetricsAsync(response)),
            _ => ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, "not found"),
        };
    }

    private Task PostAsync(HttpContext context, bool isSchedule)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            return MethodNotAllowedAsync(context, "POST");
        }

        if (!token.Admits(context.Request.Headers.Authorization))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return ErrorResponse.WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized");
        }

        ValueTask<ParsedRequest> reading = RequestBody.ReadAsync(context.Request, MaxBodyBytes);
        return reading.IsCompletedSuccessfully
            ? AnswerAsync(context, reading.Result, isSchedule)
            : AwaitBodyAsync(context, reading, isSchedule);
    }

    private async Task AwaitBodyAsync(HttpContext context, ValueTask<ParsedRequest> reading, bool isSchedule)
    {
        try
        {
            await AnswerAsync(context, await reading, isSchedule);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has gone, or sent its body too slowly; there is nobody to answer.
            context.Abort();
        }
    }

    private Task AnswerAsync(HttpContext context, ParsedRequest request, bool isSchedule) =>
        isSchedule ? ScheduleAsync(context, request) : ReleaseAsync(context, request);

    private Task ScheduleAsync(HttpContext context, ParsedRequest request)
    {
        if (!RequestValidation.IsSchedulable(request))
        {
            return BadRequestAsync(context, request);
        }

        LogInput(request);
        var facts = new ScheduleRequest(request.Id, request.Mode, request.Stage, request.PromptLength);
        long start = time.GetTimestamp();
        ScheduleOutcome outcome = Decide(in facts, out Placement placement);
        telemetry.OnScheduled(outcome, in placement, time.GetElapsedTime(start));
        ApiHandlerLog.Decided(logger, request.Id, outcome, placement.First.Instance?.InstanceId, placement.Second?.Instance.InstanceId);
        if (outcome != ScheduleOutcome.Placed)
        {
            RequestBody.Return(request);
            return ErrorResponse.WriteAsync(context, StatusOf(outcome), TextOf(outcome));
        }

        return WritePlacementAsync(context.Response, request, in placement);
    }

    private ScheduleOutcome Decide(in ScheduleRequest facts, out Placement placement)
    {
        try
        {
            return scheduler.Schedule(in facts, out placement);
        }
        catch
        {
            // A bug; the server answers 500 and logs it.
            telemetry.OnUnknownFailure();
            throw;
        }
    }

    private void LogInput(ParsedRequest request)
    {
        if (isInputLogged)
        {
            ApiHandlerLog.Input(
                logger, request.Id, request.Model, request.GatewayId, request.SchedulingMode, request.SchedulingStage, request.PromptLength);
        }
    }

    private static Task WritePlacementAsync(HttpResponse response, ParsedRequest request, in Placement placement)
    {
        ReadOnlySpan<byte> json = ResponseWriters.Current.Write(request, in placement);
        RequestBody.Return(request);
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        json.CopyTo(response.BodyWriter.GetSpan(json.Length));
        response.BodyWriter.Advance(json.Length);
        return Task.CompletedTask;
    }

    private Task ReleaseAsync(HttpContext context, ParsedRequest request)
    {
        if (!RequestValidation.IsReleasable(request))
        {
            return BadRequestAsync(context, request);
        }

        foreach (ReleasedInstance instance in request.SchedulingResult)
        {
            scheduler.Release(request.Id, in instance);
        }

        RequestBody.Return(request);
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static Task BadRequestAsync(HttpContext context, ParsedRequest request)
    {
        string error = request.Error!;
        RequestBody.Return(request);
        return ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, error);
    }

    private Task GetAsync(HttpContext context, Func<ApiHandler, HttpResponse, Task> write) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            ? write(this, context.Response)
            : MethodNotAllowedAsync(context, "GET, HEAD");

    private static Task MethodNotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return ErrorResponse.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "method not allowed");
    }

    private Task WriteReadinessAsync(HttpResponse response)
    {
        ReadinessReport report = readiness.Report();
        response.StatusCode = report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return response.WriteAsJsonAsync(report, ServerJsonContext.Default.ReadinessReport);
    }

    private Task WriteMetricsAsync(HttpResponse response)
    {
        response.ContentType = MetricsPage.ContentType;
        return metrics.WriteAsync(response.Body, response.HttpContext.RequestAborted);
    }

    private static int StatusOf(ScheduleOutcome outcome) => outcome switch
    {
        ScheduleOutcome.EndpointNotFound => StatusCodes.Status404NotFound,
        ScheduleOutcome.NoAvailableEndpoint => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static string TextOf(ScheduleOutcome outcome) => outcome switch
    {
        ScheduleOutcome.EndpointNotFound => "endpoint not found",
        ScheduleOutcome.NoAvailableEndpoint => "no available endpoint",
        _ => "cms not available",
    };
}
