using Llumnix.Adapters.Listeners;
using Llumnix.Gateway.Admission;
using Llumnix.Gateway.Disaggregation;
using Llumnix.Gateway.Http;
using Llumnix.Gateway.Keys;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Routing;
using Llumnix.Gateway.Telemetry;
using Llumnix.Gateway.Tokenization;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// The life of one request: read, placed, sent, relayed, given back. An engine that fails before the client has seen anything is followed by
/// another one.
/// </summary>
/// <param name="services">What all requests share.</param>
/// <param name="context">The request.</param>
/// <param name="requestId">Its id.</param>
/// <param name="active">What ends it from outside.</param>
/// <param name="record">Takes note of it.</param>
/// <param name="quota">What its key may take.</param>
internal sealed class Exchange(ExchangeServices services, HttpContext context, string requestId, ActiveRequest active, RequestRecord record, RequestQuota quota)
{
    /// <summary>Names the engine of an answer.</summary>
    internal const string EngineHeader = "x-llumnix-engine";

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMilliseconds(100);

    // Waiting for room has a deadline of its own; this one is for a placer that does not answer.
    private static readonly TimeSpan PlacementSlack = TimeSpan.FromMinutes(1);

    /// <summary>Longest time that a retry waits for the release of the attempt before it.</summary>
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(1);

    private readonly List<string> _failed = [];
    private int _toldFailures;
    private PlacementQuery _query = new(requestId, "", 0) { TraceParent = context.Request.Headers.TraceParent.ToString() };
    private PromptShape _shape;
    private QueuePosition? _position;
    private QueuePosition? _decodePosition;
    private int _priority;
    private PdBody? _pdBody;
    private bool _cutsUsage;
    private RoutedRequest? _routed;
    private EngineTarget? _engine;

    /// <summary>What the client is answered.</summary>
    public ClientAnswer Answer { get; } = new(context, active, record, services.Options.IdleTimeout, services.BodyMemory, services.Time);

    /// <summary>Serves the request.</summary>
    /// <returns>What the client is still to be told; null when it has its answer.</returns>
    /// <exception cref="OperationCanceledException">The request was ended from outside.</exception>
    /// <exception cref="BadHttpRequestException">The body did not arrive as it should.</exception>
    public async Task<OpenAiError?> RunAsync()
    {
        HttpRequest request = context.Request;
        if (!RequestPriority.TryRead(request.Headers, quota.MaxPriority, out _priority))
        {
            return OpenAiError.BadHeader(RequestPriority.Header, "a whole number");
        }

        if (quota.TakeRequest() is { } tooMany)
        {
            return tooMany;
        }

        int maxBytes = services.Options.MaxBodyBytes;
        using var share = new BodyShare(services.BodyMemory);
        using RequestBody? body = await RequestBody.ReadAsync(request.BodyReader, request.ContentLength, maxBytes, share, active.Ending);
        if (body is null)
        {
            return share.IsRefused ? OpenAiError.BodiesTakeTooMuch() : OpenAiError.BodyTooLong(maxBytes);
        }

        if (!IsJson(request, body))
        {
            return await RouteAsync(body, fields: null, [body.Memory]);
        }

        if (!RequestFields.TryRead(body.Memory.Span, out RequestFields? fields, out string problem))
        {
            return OpenAiError.BadRequest(problem);
        }

        IReadOnlyList<ReadOnlyMemory<byte>> pieces = Prepare(body, fields!);
        if (services.Tokenizer is { } tokenizer && EngineTokenizer.Covers(request.Path.Value!, fields!.Prompt.ValueIn(body.Memory.Span)))
        {
            await TokenizeAsync(tokenizer, body);
        }

        if (services.Options.ArePromptsHashed && _query.PromptTokenIds is null)
        {
            _query = _query with { Prefix = PromptBytes.PrefixOf(fields!.Prompt.ValueIn(body.Memory.Span), _query.PromptTokens) };
        }

        return quota.TakePrompt(_query.PromptTokens) ?? await RouteAsync(body, fields!, pieces);
    }

    /// <summary>Programs like curl give texts the type of a form unless told otherwise.</summary>
    private static bool IsJson(HttpRequest request, RequestBody body) => body.Length > 0
        && (string.IsNullOrEmpty(request.ContentType)
            || request.ContentType.Contains("json", StringComparison.OrdinalIgnoreCase)
            || request.ContentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase));

    private IReadOnlyList<ReadOnlyMemory<byte>> Prepare(RequestBody body, RequestFields fields)
    {
        ReadOnlySpan<byte> text = body.Memory.Span;
        var patch = new BodyPatch(body.Memory, fields);
        _cutsUsage = StreamUsage.AskFor(context.Request.Path.Value!, text, fields, patch);
        _shape = PromptShape.Of(fields.Prompt.ValueIn(text));
        _query = _query with
        {
            Model = fields.Model,
            PromptTokens = services.Lengths.Estimate(fields.Model, in _shape),
            PromptTokenIds = services.Options.IsTokensForwarded ? PromptTokenIds.Read(fields.Prompt.ValueIn(text)) : null,
        };
        _pdBody = services.Pd is not null && PdMode.Covers(context.Request.Path.Value!)
            ? new PdBody(body, fields, context.Request.Path.Value!, requestId) : null;
        record.Model = fields.Model;
        return patch.Pieces();
    }

    /// <summary>Replaces the estimate of the prompt's length by an engine's count, where an engine gives one.</summary>
    private async Task TokenizeAsync(EngineTokenizer tokenizer, RequestBody body)
    {
        bool wantsIds = services.Options.IsTokensForwarded;
        (TokenizeOutcome outcome, TokenizedPrompt? prompt) = await tokenizer.TokenizeAsync(context.Request, body, _query.Model, wantsIds, active.Ending);
        services.Telemetry.OnTokenized(outcome);
        if (prompt is not null)
        {
            _query = _query with { PromptTokens = prompt.Count, PromptTokenIds = prompt.Ids };
        }
    }

    private Task<OpenAiError?> RouteAsync(RequestBody body, RequestFields? fields, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        services.Mirror?.Offer(context.Request, requestId, body);
        record.ReadyAt = services.Time.GetTimestamp();
        _routed = services.Routes is { } routes
            ? new RoutedRequest(routes, new ExternalRequest(context.Request, requestId, body, fields, active, record, Answer)) : null;
        return _routed is { IsForFleet: false } ? SendOutAsync(_routed) : ServeAsync(body, pieces);
    }

    private async Task<OpenAiError?> ServeAsync(RequestBody body, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        (PlacementRefusal refusal, PlacedRequest? placed) = await BeginAsync();
        EngineAnswer answer = default;
        try
        {
            for (int attempt = 0; placed is not null; attempt++)
            {
                (answer, EngineTarget? engine, refusal) = _pdBody is null
                    ? new LegAnswer(await CallAsync(requestId, body, pieces, placed.Decode, active.Ending), placed.Decode)
                    : await SendToBothAsync(body, attempt == 0 ? _pdBody : _pdBody.ForAttempt(attempt), placed);
                if (engine is null)
                {
                    break;
                }

                _engine = engine;
                if (!answer.IsFailure && await RelayAsync(answer.Response!, placed.IsAnswering(engine) ? placed : null))
                {
                    return null;
                }

                answer = await PutAsideAsync(answer, engine, placed);
                placed = attempt < services.Options.RetryMaxCount ? await BeginAgainAsync(answer, attempt, placed) : null;
            }

            if (_routed is { HasFallbacks: true })
            {
                await (placed?.DisposeAsync() ?? ValueTask.CompletedTask);
                return await _routed.SendOutAsync();
            }

            // The last engine's own words, where it had any.
            return answer.Response is null ? (_failed.Count > 0 && refusal == PlacementRefusal.None ? OpenAiError.EngineFailed() : await DescribeAsync(refusal))
                : await RelayAsync(answer.Response, placed: null) ? null
                : OpenAiError.EngineFailed();
        }
        finally
        {
            answer.Response?.Dispose();
            await (placed?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private async Task<OpenAiError?> SendOutAsync(RoutedRequest routed)
    {
        OpenAiError? error = await routed.SendOutAsync();
        return error == OpenAiError.Of(PlacementRefusal.NotFound) ? await DescribeAsync(PlacementRefusal.NotFound) : error;
    }

    /// <summary>Names the models that are served to whom asks for another one.</summary>
    private async Task<OpenAiError> DescribeAsync(PlacementRefusal refusal)
    {
        if (refusal != PlacementRefusal.NotFound || _query.Model.Length == 0)
        {
            return OpenAiError.Of(refusal);
        }

        string[] served = [.. (await services.Models.GetAsync()).Models.Select(static model => model.Id)];
        return served.Contains(_query.Model, StringComparer.Ordinal) ? OpenAiError.Of(refusal) : OpenAiError.ModelNotServed(_query.Model, served);
    }

    private async Task<(PlacementRefusal Refusal, PlacedRequest? Placed)> BeginAsync()
    {
        bool isDisaggregated = _pdBody is not null;
        PlacementQuery query = services.Pd?.First(_query, isDisaggregated) ?? _query;
        record.QueuedAt = services.Time.GetTimestamp();
        _position ??= services.Admission.Arrive(_priority, _query.Model);
        PlacementAnswer answer = await PlaceAsync(query, _position);
        record.PlacedAt = services.Time.GetTimestamp();
        return (answer.Refusal, answer.Lease is null ? null : new PlacedRequest(answer, isDisaggregated));
    }

    /// <summary>Asks for a decode instance after the prefill, in a line of its own: those that wait for their prefill do not hold it up.</summary>
    private Task<PlacementAnswer> PlaceDecodeAsync() =>
        PlaceAsync(PdMode.Decode(_query), _decodePosition ??= services.Admission.Arrive(_priority, _query.Model + " (decode)"));

    /// <summary>Places the request, once there is room for it.</summary>
    private async Task<PlacementAnswer> PlaceAsync(PlacementQuery query, QueuePosition position)
    {
        active.Allow(services.Options.WaitSchedulingTimeout + PlacementSlack);
        return await services.Admission.PlaceAsync(position, () => AskAsync(query), active.Ending);
    }

    private async ValueTask<PlacementAnswer> AskAsync(PlacementQuery first)
    {
        long askedAt = services.Time.GetTimestamp();
        IReadOnlyCollection<string> resting = services.Resting.Current();
        bool isRetry = _failed.Count > _toldFailures;
        _toldFailures = _failed.Count;
        PlacementQuery query = resting.Count + _failed.Count == 0 ? first : first with { Excluded = [.. _failed, .. resting], IsRetry = isRetry };
        PlacementAnswer answer = await services.Placer.PlaceAsync(query, active.Ending);

        if (answer.Refusal == PlacementRefusal.AllExcluded && resting.Count > 0)
        {
            // One that rests is better than none.
            answer = await services.Placer.PlaceAsync(first with { Excluded = _failed }, active.Ending);
        }

        record.ScheduleTime = services.Time.GetTimestamp() - askedAt;
        return answer;
    }

    private Task<LegAnswer> SendToBothAsync(RequestBody body, PdBody pdBody, PlacedRequest placed)
    {
        var attempt = new PdAttempt(
            placed,
            pdBody,
            active,
            (engine, pieces, ending) => CallAsync(pdBody.Id, body, pieces, engine, ending),
            PlaceDecodeAsync);
        return services.Pd!.Protocol.SendAsync(attempt);
    }

    private async Task<EngineAnswer> CallAsync(
        string id, RequestBody body, IReadOnlyList<ReadOnlyMemory<byte>> pieces, EngineTarget engine, CancellationToken ending)
    {
        active.Allow(services.Options.ResponseTimeout);
        record.Engine = engine;
        EngineAnswer answer = await services.Engines.SendAsync(context.Request, id, body, pieces, engine, ending);
        if (answer.Failure == EngineFailure.Refused)
        {
            services.Resting.OnRefused(engine.Id);
        }
        else if (answer.Response is not null)
        {
            services.Resting.OnAnswered(engine.Id);
            services.Denied.OnAnswered(engine, (int)answer.Response.StatusCode);
        }

        return answer;
    }

    /// <returns>False when the answer broke off before the client had seen any of it.</returns>
    private async Task<bool> RelayAsync(HttpResponseMessage answer, PlacedRequest? placed)
    {
        if (services.Options.IsEngineTold && _engine is { } engine)
        {
            context.Response.Headers[EngineHeader] = engine.Endpoint;
        }

        RelayResult result = await Answer.RelayAsync(answer, placed, _cutsUsage, OpenAiError.EngineBroke());
        if (result == RelayResult.BrokenBefore)
        {
            context.Response.Headers.Remove(EngineHeader);
        }

        if (result == RelayResult.Complete && record.Usage is { } usage)
        {
            services.Lengths.Learn(_query.Model, in _shape, usage.PromptTokens);
        }

        return result != RelayResult.BrokenBefore;
    }

    /// <summary>Takes note of an engine that failed and gives the request's engines back before others are asked for.</summary>
    /// <returns>What it has said, if it has said anything that can still be relayed.</returns>
    private async Task<EngineAnswer> PutAsideAsync(EngineAnswer answer, EngineTarget engine, PlacedRequest placed)
    {
        _failed.Add(placed.FindFailed(engine).Id);
        await placed.DisposeAsync();
        if (answer.IsFailure)
        {
            return answer;
        }

        answer.Response?.Dispose();
        return new EngineAnswer(null, EngineFailure.Broken);
    }

    private async Task<PlacedRequest?> BeginAgainAsync(EngineAnswer answer, int attempt, PlacedRequest previous)
    {
        TimeSpan backOff = FirstBackOff * (1 << Math.Min(attempt, 10));
        await Task.Delay(backOff < LongestBackOff ? backOff : LongestBackOff, services.Time, active.Ending);
        if (_pdBody is not null)
        {
            // The engine of the other leg has not failed and may be chosen again.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(active.Ending);
            await Task.WhenAny(previous.WaitUntilSettledAsync(), Task.Delay(ReleaseLimit, services.Time, limit.Token));
            await limit.CancelAsync();
            active.Ending.ThrowIfCancellationRequested();
        }

        PlacedRequest? next = (await BeginAsync()).Placed;
        if (next is not null)
        {
            services.Telemetry.OnRetry(_query.Model, (int?)answer.Response?.StatusCode ?? 0);
            answer.Response?.Dispose();
        }

        return next;
    }
}
