using System.Diagnostics;
using System.Globalization;
using Llumnix.Adapters.KvStore;
using Llumnix.Protocol.Http;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Leadership;
using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Http.Endpoints;

/// <summary><c>/schedule</c>: places a request; 200 with the placement, or the status of the outcome.</summary>
/// <param name="scheduler">Decides.</param>
/// <param name="prefixes">Looks prompts up in the KV store; null without cache-aware scheduling.</param>
/// <param name="history">Identifies prompts for hits that the scheduler estimates from its placements; null where it does not.</param>
/// <param name="telemetry">Counts decisions and their time.</param>
/// <param name="storeName">What the scheduler's view comes from, for the text of a 503.</param>
/// <param name="isInputLogged">Whether each request is logged.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where decisions and, if asked for, requests are logged.</param>
/// <param name="holdTime">How long a request is held at most; null where none is.</param>
/// <param name="replica">This process among several schedulers: without leading it does not answer. Null where there is one.</param>
/// <param name="tracing">Makes spans of decisions; null where there is no collector.</param>
internal sealed class ScheduleEndpoint(
    IRequestScheduler scheduler,
    PrefixHitLookup? prefixes,
    PromptPrefixes? history,
    SchedulerTelemetry telemetry,
    string storeName,
    bool isInputLogged,
    TimeProvider time,
    ILogger<ScheduleEndpoint> logger,
    TimeSpan? holdTime,
    Replica? replica = null,
    DecisionTracing? tracing = null) : IMessageEndpoint<ParsedRequest>
{
    private readonly string? _holdMs = holdTime?.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context, ParsedRequest message)
    {
        if (!RequestValidation.IsSchedulable(message))
        {
            return ErrorResponse.WriteBadRequestAsync(context, message);
        }

        if (isInputLogged)
        {
            ScheduleLog.Input(
                logger, message.Id, message.Model, message.GatewayId, message.SchedulingMode, message.SchedulingStage, message.PromptLength);
        }

        if (message.WantsPrefixHits(prefixes))
        {
            return PlaceWithHitsAsync(context, message, prefixes);
        }

        PlacementRequest request = message.ToPlacementRequest(null, history?.Of(message) ?? default);
        return PlaceAsync(context, message, in request);
    }

    private async Task PlaceWithHitsAsync(HttpContext context, ParsedRequest message, PrefixHitLookup lookup)
    {
        try
        {
            PlacementRequest request = message.ToPlacementRequest(await lookup.FindAsync(message.PromptTokenIds, context.RequestAborted), default);
            await PlaceAsync(context, message, in request);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nothing was placed.
            context.Abort();
        }
    }

    private Task PlaceAsync(HttpContext context, ParsedRequest message, in PlacementRequest request)
    {
        if (replica is { IsLeading: false })
        {
            RequestBody<ParsedRequest>.Return(message);
            return LeaderGate.WriteNotLeadingAsync(context);
        }

        Activity? span = tracing?.Begin(context.Request);
        ScheduleOutcome outcome = telemetry.Schedule(scheduler, in request, out Placement placement, time);
        if (span is not null)
        {
            DecisionTracing.End(span, message, outcome, in request, in placement);
        }

        if (replica is { IsLeading: false })
        {
            // The process stood still within the decision. What it placed is one entry too many here, until it expires.
            RequestBody<ParsedRequest>.Return(message);
            return LeaderGate.WriteNotLeadingAsync(context);
        }

        ScheduleLog.Decided(logger, message.Id, outcome, placement.First.Instance?.InstanceId, placement.Second?.Instance.InstanceId);
        return outcome == ScheduleOutcome.Placed
            ? WritePlacementAsync(context.Response, message, in placement)
            : RefuseAsync(context, message, outcome, request.PromptTokens);
    }

    private Task WritePlacementAsync(HttpResponse response, ParsedRequest message, in Placement placement)
    {
        ReadOnlySpan<byte> json = ResponseWriters.Current.Write(message, in placement);
        RequestBody<ParsedRequest>.Return(message);
        if (replica is not null)
        {
            response.Headers[LeaderGate.EpochHeader] = replica.EpochText;
        }

        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        json.CopyTo(response.BodyWriter.GetSpan(json.Length));
        response.BodyWriter.Advance(json.Length);
        return Task.CompletedTask;
    }

    private Task RefuseAsync(HttpContext context, ParsedRequest message, ScheduleOutcome outcome, int promptTokens)
    {
        RequestBody<ParsedRequest>.Return(message);
        if (outcome == ScheduleOutcome.Deferred)
        {
            context.Response.Headers.RetryAfter = "1";
            context.Response.Headers[ScheduleHeaders.Hold] = _holdMs;
        }

        return ErrorResponse.WriteAsync(context, StatusOf(outcome), TextOf(outcome, promptTokens));
    }

    private static int StatusOf(ScheduleOutcome outcome) => outcome switch
    {
        ScheduleOutcome.EndpointNotFound or ScheduleOutcome.AllExcluded => StatusCodes.Status404NotFound,
        // 429 also for a prompt that is too long: at any other status gateways place it blindly, on an engine that cannot serve it.
        ScheduleOutcome.NoAvailableEndpoint or ScheduleOutcome.Deferred or ScheduleOutcome.PromptTooLong => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private string TextOf(ScheduleOutcome outcome, int promptTokens) => outcome switch
    {
        ScheduleOutcome.EndpointNotFound => "endpoint not found",
        ScheduleOutcome.AllExcluded => "every instance is excluded",
        ScheduleOutcome.NoAvailableEndpoint or ScheduleOutcome.Deferred => "no available endpoint",
        ScheduleOutcome.PromptTooLong =>
            string.Create(CultureInfo.InvariantCulture, $"the prompt of {promptTokens} tokens is longer than the whole KV cache of every instance"),
        _ => $"{storeName} not available",
    };
}
