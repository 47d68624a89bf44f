using Llumnix.Gateway.Http;
using Llumnix.Gateway.Keys;
using Llumnix.Gateway.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Requests;

/// <summary>Takes requests and sees to it that each of them gets an answer or an error.</summary>
internal sealed partial class RequestPipeline(ExchangeServices services, ILogger<RequestPipeline> logger)
{
    private const int ClientGone = 499;

    /// <summary>Serves a request to its end. Does not throw.</summary>
    /// <param name="context">The request.</param>
    /// <param name="key">Its key; null when none is asked for.</param>
    public async Task HandleAsync(HttpContext context, ApiKey? key)
    {
        string requestId = RequestIds.Of(context.Request);
        context.Response.Headers[RequestIds.Header] = requestId;
        using ActiveRequest active = services.Active.Begin(services.Options.BodyTimeout, context.RequestAborted);
        var record = new RequestRecord(services.Telemetry, services.Time.GetTimestamp());
        RequestTrace? trace = services.Tracing?.Begin(context.Request, record, requestId);
        var quota = new RequestQuota(key);
        var exchange = new Exchange(services, context, requestId, active, record, quota);
        OpenAiError? error;
        bool hasLeftWithinBody = false;
        try
        {
            error = await exchange.RunAsync();
        }
        catch (OperationCanceledException) when (active.Ending.IsCancellationRequested)
        {
            error = active.Reason switch
            {
                RequestEnd.ClientGone => null,
                RequestEnd.TimedOut when record.ReadyAt == 0 => OpenAiError.BodyTooSlow(),
                _ => OpenAiError.Of(active.Reason),
            };
        }
        catch (BadHttpRequestException exception) when (!IsEndOfConnection(exception))
        {
            error = OpenAiError.BadTransfer(exception.StatusCode, services.Options.MaxBodyBytes);
        }
        catch (Exception exception) when (exception is ConnectionResetException or BadHttpRequestException)
        {
            error = null;
            hasLeftWithinBody = true;
            context.Abort();
        }
        catch (Exception exception)
        {
            LogFailed(exception, requestId, exchange.LastEngine?.Id ?? "none");
            error = OpenAiError.Internal();
        }

        if (error is not null)
        {
            await TellAsync(context, exchange, error);
        }

        bool isGone = hasLeftWithinBody || context.RequestAborted.IsCancellationRequested;
        bool isRefused = record.PlacedAt == 0
            || (exchange.Answer.IsStarted ? context.Response.StatusCode >= StatusCodes.Status400BadRequest : error is not null);
        quota.Settle(services.Telemetry.Keys, record, isRefused);
        int statusCode = isGone ? ClientGone : error?.Status ?? context.Response.StatusCode;
        services.Telemetry.OnDone(record, statusCode);
        trace?.End(statusCode, services.Time.GetTimestamp());
    }

    /// <summary>Whether the connection ended within the body.</summary>
    /// <remarks>The server signals that before it cancels <see cref="HttpContext.RequestAborted"/>, and only the text differs from a malformed chunk.</remarks>
    private static bool IsEndOfConnection(BadHttpRequestException exception) =>
        exception.Message.StartsWith("Unexpected end of request content", StringComparison.Ordinal);

    private async Task TellAsync(HttpContext context, Exchange exchange, OpenAiError error)
    {
        try
        {
            if (exchange.Answer.IsStarted || context.Response.HasStarted)
            {
                await exchange.Answer.EndBrokenAsync(error);
            }
            else
            {
                // An engine may have begun an answer of which the client has seen nothing.
                context.Response.Headers.Remove(Exchange.EngineHeader);
                if (services.Options.IsEngineTold && error.Status >= StatusCodes.Status500InternalServerError && exchange.LastEngine is { } engine)
                {
                    context.Response.Headers[Exchange.EngineHeader] = engine.Endpoint;
                }

                await error.WriteAsync(context.Response, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
    }

    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed; its engine: {Engine}")]
    private partial void LogFailed(Exception exception, string requestId, string engine);
}
