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
/// The life of one request: read, routed, sent to an engine by <see cref="EngineAttempts"/> or to an external endpoint, relayed. An engine that fails before the client
/// has seen anything is followed by another one.
/// </summary>
/// <param name="services">What all requests share.</param>
/// <param name="context">The request.</param>
/// <param name="requestId">Its id.</param>
/// <param name="active">What ends it from outside.</param>
/// <param name="record">Takes note of it.</param>
/// <param name="quota">What its key may take.</param>
internal sealed class Exchange(ExchangeServices services, HttpContext context, string requestId, ActiveRequest active, RequestRecord record, RequestQuota quota)
{
    /// <summary>Names the engine of an answer, or the last one that a request was sent to in vain.</summary>
    internal const string EngineHeader = "x-llumnix-engine";

    private PlacementQuery _query = new(requestId, "", 0) { TraceParent = context.Request.Headers.TraceParent.ToString() };
    private PromptShape _shape;
    private int _priority;
    private PdBody? _pdBody;
    private bool _cutsUsage;
    private RoutedRequest? _routed;
    private EngineTarget? _engine;

    /// <summary>The engine that has answered or failed the request last, or that has it now; null: none has had it.</summary>
    public EngineTarget? LastEngine => _engine ?? record.Engine;

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

        if (IsEncoded(request))
        {
            return OpenAiError.BodyEncoded();
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

    /// <summary>Whether the text is compressed. Bodies of other types go to the engine unread, and their encoding with them.</summary>
    private static bool IsEncoded(HttpRequest request) =>
        request.Headers.ContentEncoding.Count > 0 && !request.Headers.ContentEncoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase);

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
        var attempts = new EngineAttempts(services, context.Request, active, record, _query, _priority) { Body = body, Pieces = pieces, PdBody = _pdBody };
        (PlacementRefusal refusal, PlacedRequest? placed) = await attempts.BeginAsync();
        EngineAnswer answer = default;
        try
        {
            for (int attempt = 0; placed is not null; attempt++)
            {
                _engine = null;
                (answer, EngineTarget? engine, refusal) = await attempts.SendAsync(placed, attempt);
                if (engine is null)
                {
                    break;
                }

                _engine = engine;
                if (!answer.IsFailure && await RelayAsync(answer.Response!, placed.IsAnswering(engine) ? placed : null))
                {
                    return null;
                }

                answer = await attempts.PutAsideAsync(answer, engine, placed);
                placed = attempt < services.Options.RetryMaxCount ? await attempts.BeginAgainAsync(answer, attempt, placed) : null;
            }

            if (_routed is { HasFallbacks: true })
            {
                await (placed?.DisposeAsync() ?? ValueTask.CompletedTask);
                return await _routed.SendOutAsync();
            }

            // The last engine's own words, where it had any.
            return answer.Response is null ? (attempts.HasFailed && refusal == PlacementRefusal.None ? OpenAiError.EngineFailed() : await DescribeAsync(refusal))
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
}
