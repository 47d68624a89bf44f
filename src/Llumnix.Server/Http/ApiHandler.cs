using System.Globalization;
using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Http;

/// <summary>The HTTP interface: dispatches by method and path, checks the token and the size, answers.</summary>
/// <remarks>A single handler instead of routed endpoints, since routing would cost every request some microseconds.</remarks>
internal sealed class ApiHandler(
    IRequestScheduler scheduler,
    PrefixHitLookup? prefixes,
    ReportEndpoint reports,
    RequestDelegate keepAlive,
    ServiceToken token,
    ServiceToken metricsToken,
    RequestGuard guard,
    BodyReceiver bodies,
    Readiness readiness,
    SchedulerTelemetry telemetry,
    RefusalTelemetry refusals,
    MetricsPage metrics,
    string storeName,
    bool isInputLogged,
    TimeProvider time,
    ILogger<ApiHandler> logger)
{
    private const int MetricsPieceBytes = 32 * 1024;

    internal Task HandleAsync(HttpContext context)
    {
        if (!guard.Admits(context))
        {
            refusals.Connections.Inc();
            return ErrorResponse.WriteBusyAsync(context, "too many connections");
        }

        string path = context.Request.Path.Value ?? "";
        return path switch
        {
            "/healthz" => GetAsync(context, static (_, response) => response.WriteAsync("ok\n")),
            "/readyz" => GetAsync(context, static (self, response) => self.WriteReadinessAsync(response)),
            "/metrics" when guard.IsAdminPort(context) => MetricsAsync(context),
            // An explanation reveals more than a placement does: without a token it is not available.
            "/debug/explain" when token.IsSet && guard.IsAdminPort(context) =>
                PostAsync<ParsedRequest>(context, static (self, http, request) => self.ExplainAsync(http, request)),
            "/schedule" when guard.IsServicePort(context) =>
                PostAsync<ParsedRequest>(context, static (self, http, request) => self.ScheduleAsync(http, request)),
            "/release" when guard.IsServicePort(context) =>
                PostAsync<ParsedRequest>(context, static (self, http, request) => self.ReleaseAsync(http, request)),
            "/report" when guard.IsServicePort(context) =>
                PostAsync<ParsedReport>(context, static (self, http, report) => self.ReportAsync(http, report)),
            "/keepalive" when guard.IsServicePort(context) => KeepAliveAsync(context),
            _ => ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, "not found"),
        };
    }

    /// <summary>The HTTP interface of a process that only reschedules.</summary>
    internal Task HandleWithoutSchedulingAsync(HttpContext context) => context.Request.Path.Value is "/healthz" or "/readyz" or "/metrics"
        ? HandleAsync(context)
        : ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, "this process only reschedules");

    private Task PostAsync<TMessage>(HttpContext context, Func<ApiHandler, HttpContext, TMessage, Task> answer)
        where TMessage : class, IRequestMessage, new()
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            return MethodNotAllowedAsync(context, "POST");
        }

        if (!token.Admits(context.Request.Headers.Authorization))
        {
            return UnauthorizedAsync(context);
        }

        return bodies.ReceiveAsync(context, this, answer);
    }

    private Task KeepAliveAsync(HttpContext context) =>
        !HttpMethods.IsGet(context.Request.Method) ? MethodNotAllowedAsync(context, "GET")
        : !token.Admits(context.Request.Headers.Authorization) ? UnauthorizedAsync(context)
        // The client's next connection should go to the scheduler that takes over.
        : guard.IsStopping ? ErrorResponse.WriteBusyAsync(context, "stopping")
        : keepAlive(context);

    private Task MetricsAsync(HttpContext context) => metricsToken.Admits(context.Request.Headers.Authorization)
        ? GetAsync(context, static (self, response) => self.WriteMetricsAsync(response))
        : UnauthorizedAsync(context);

    private static Task UnauthorizedAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ErrorResponse.WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized");
    }

    private Task ScheduleAsync(HttpContext context, ParsedRequest request)
    {
        if (!RequestValidation.IsSchedulable(request))
        {
            return BadRequestAsync(context, request);
        }

        LogInput(request);
        return prefixes is not null && request.Prefills && prefixes.IsWanted(request.PromptTokenIds.Length)
            ? ScheduleWithHitsAsync(context, request, prefixes)
            : PlaceAsync(context, request, null);
    }

    private async Task ScheduleWithHitsAsync(HttpContext context, ParsedRequest request, PrefixHitLookup lookup)
    {
        try
        {
            await PlaceAsync(context, request, await lookup.FindAsync(request.PromptTokenIds, context.RequestAborted));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nothing was placed.
            context.Abort();
        }
    }

    private async Task ExplainAsync(HttpContext context, ParsedRequest request)
    {
        if (!RequestValidation.IsSchedulable(request))
        {
            await BadRequestAsync(context, request);
            return;
        }

        try
        {
            PrefixHits? hits = prefixes is not null && request.Prefills && prefixes.IsWanted(request.PromptTokenIds.Length)
                ? await prefixes.FindAsync(request.PromptTokenIds, context.RequestAborted)
                : null;
            var facts = new PlacementRequest(
                request.Id, request.Mode, request.Stage, request.PromptLength, hits, request.Model, HostAddress.NormalizeEndpoint(request.GatewayId));
            RequestBody<ParsedRequest>.Return(request);
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(ExplanationWriter.Write(scheduler.Explain(in facts)), context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private Task PlaceAsync(HttpContext context, ParsedRequest request, PrefixHits? hits)
    {
        var facts = new PlacementRequest(
            request.Id, request.Mode, request.Stage, request.PromptLength, hits, request.Model, HostAddress.NormalizeEndpoint(request.GatewayId));
        long start = time.GetTimestamp();
        ScheduleOutcome outcome = Decide(in facts, out Placement placement);
        telemetry.OnScheduled(outcome, in placement, time.GetElapsedTime(start));
        telemetry.OnHits(in facts, outcome, in placement);
        ApiHandlerLog.Decided(logger, request.Id, outcome, placement.First.Instance?.InstanceId, placement.Second?.Instance.InstanceId);
        if (outcome != ScheduleOutcome.Placed)
        {
            RequestBody<ParsedRequest>.Return(request);
            if (outcome == ScheduleOutcome.Deferred)
            {
                context.Response.Headers.RetryAfter = "1";
            }

            return ErrorResponse.WriteAsync(context, StatusOf(outcome), TextOf(outcome, facts.PromptTokens));
        }

        return WritePlacementAsync(context.Response, request, in placement);
    }

    private ScheduleOutcome Decide(in PlacementRequest facts, out Placement placement)
    {
        try
        {
            return scheduler.Schedule(in facts, out placement);
        }
        catch
        {
            // An unexpected exception is a bug: the server answers 500 and logs it.
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
        RequestBody<ParsedRequest>.Return(request);
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

        string gatewayId = HostAddress.NormalizeEndpoint(request.GatewayId);
        foreach (ReleasedInstance instance in request.SchedulingResult)
        {
            scheduler.Release(request.Id, instance with { GatewayId = gatewayId });
        }

        RequestBody<ParsedRequest>.Return(request);
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private Task ReportAsync(HttpContext context, ParsedReport report)
    {
        if (report.Error is not null)
        {
            return BadRequestAsync(context, report);
        }

        reports.Take(report);
        RequestBody<ParsedReport>.Return(report);
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static Task BadRequestAsync<TMessage>(HttpContext context, TMessage message)
        where TMessage : class, IRequestMessage, new()
    {
        string error = message.Error!;
        RequestBody<TMessage>.Return(message);
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

    private async Task WriteMetricsAsync(HttpResponse response)
    {
        try
        {
            ReadOnlyMemory<byte> page = await metrics.GetAsync().WaitAsync(response.HttpContext.RequestAborted);
            response.ContentType = MetricsPage.ContentType;
            response.ContentLength = page.Length;
            for (ReadOnlyMemory<byte> rest = page; !rest.IsEmpty;)
            {
                // Written in pieces, each queued behind waiting work: the page of a large fleet has megabytes.
                int length = Math.Min(rest.Length, MetricsPieceBytes);
                await response.Body.WriteAsync(rest[..length], response.HttpContext.RequestAborted);
                rest = rest[length..];
                await Task.Yield();
            }
        }
        catch (OperationCanceledException) when (response.HttpContext.RequestAborted.IsCancellationRequested)
        {
            response.HttpContext.Abort();
        }
    }

    private static int StatusOf(ScheduleOutcome outcome) => outcome switch
    {
        ScheduleOutcome.EndpointNotFound => StatusCodes.Status404NotFound,
        // 429 also for a prompt that is too long: at any other status gateways place it blindly, on an engine that cannot serve it.
        ScheduleOutcome.NoAvailableEndpoint or ScheduleOutcome.Deferred or ScheduleOutcome.PromptTooLong => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private string TextOf(ScheduleOutcome outcome, int promptTokens) => outcome switch
    {
        ScheduleOutcome.EndpointNotFound => "endpoint not found",
        ScheduleOutcome.NoAvailableEndpoint or ScheduleOutcome.Deferred => "no available endpoint",
        ScheduleOutcome.PromptTooLong =>
            string.Create(CultureInfo.InvariantCulture, $"the prompt of {promptTokens} tokens is longer than the whole KV cache of every instance"),
        _ => $"{storeName} not available",
    };
}
