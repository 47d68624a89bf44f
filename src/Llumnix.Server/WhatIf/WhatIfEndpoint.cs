using System.Text.Json;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.AdminApi.Endpoints;
using Llumnix.Server.Http;

namespace Llumnix.Server.WhatIf;

/// <summary>
/// <c>/admin/what-if</c>. POST begins to play the last minutes with other options; GET tells how far that is, what has come of it, and what may be asked; DELETE ends it.
/// All answer with the same JSON.
/// </summary>
/// <param name="runner">Plays.</param>
/// <param name="mayRun">Whether a caller may begin and end one.</param>
internal sealed class WhatIfEndpoint(WhatIfRunner runner, Func<HttpContext, bool> mayRun) : IEndpoint
{
    private static readonly WhatIfBounds Bounds = new(WhatIfLimits.MaxMinutes, WhatIfLimits.MaxSeeds, WhatIfLimits.MaxRequests, WhatIfLimits.MaxInstances, WhatIfLimits.TimeLimit.TotalSeconds);

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method))
        {
            return BeginAsync(context);
        }

        if (HttpMethods.IsDelete(context.Request.Method))
        {
            runner.Cancel();
        }

        return TellAsync(context, StatusCodes.Status200OK);
    }

    private async Task BeginAsync(HttpContext context)
    {
        // A page of a foreign site can post a form without asking first, but no JSON.
        if (!context.Request.HasJsonContentType())
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "the body must be application/json");
            return;
        }

        if (BodyReceiver.IsEncoded(context.Request))
        {
            await BodyReceiver.WriteEncodedAsync(context);
            return;
        }

        WhatIfQuestion? question;
        try
        {
            question = await JsonSerializer.DeserializeAsync(context.Request.Body, WhatIfJsonContext.Default.WhatIfQuestion, context.RequestAborted);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            string place = exception is JsonException { Path: { Length: > 1 } path } ? $" (at {path})" : "";
            await ErrorResponse.WriteAsync(
                context, StatusCodes.Status400BadRequest, $"the body must be a JSON object of overrides, minutes, seeds, ttft_ms and tpot_ms, all but overrides as numbers{place}");
            return;
        }
        catch (BadHttpRequestException exception)
        {
            RequestGuard.EndConnection(context);
            await ErrorResponse.WriteInAnyCaseAsync(context, exception.StatusCode, "the body is too large, or not complete");
            return;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            context.Abort();
            return;
        }

        (int status, string error) = runner.Start(question ?? new WhatIfQuestion());
        if (status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        await (status == StatusCodes.Status200OK ? TellAsync(context, StatusCodes.Status202Accepted) : ErrorResponse.WriteAsync(context, status, error));
    }

    private Task TellAsync(HttpContext context, int status) => JsonAnswer.WriteAsync(
        context,
        status,
        new WhatIfAnswer(runner.WhyNot ?? "", mayRun(context), Bounds, runner.Flags, runner.Current),
        AdminJsonContext.Default.WhatIfAnswer);
}
