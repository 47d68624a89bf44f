using Llumnix.EngineEmulator.Engines;
using Llumnix.EngineEmulator.Http;
using Llumnix.Simulation.Engines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Disaggregation;

/// <summary>
/// The prefill engine's side of vllm-kvt, at its kvt port. A decode engine asks for a prompt to be computed: the response begins when the request is
/// accepted, its single line comes when the KV is ready, and the end of the connection frees the KV or aborts the request. KV that was computed for a
/// gateway is freed by a call.
/// </summary>
internal sealed class PrefillEndpoints(EngineRegistry registry, EngineHostOptions options)
{
    public const string Path = "/kvt/prefills";
    public const string RequestIdParameter = "request_id";

    public void Map(WebApplication app)
    {
        app.MapPost(Path, (RequestDelegate)PrefillAsync);
        app.MapDelete(Path, (RequestDelegate)FreeAsync);
    }

    private async Task PrefillAsync(HttpContext context)
    {
        if (registry.ByPort(context.Connection.LocalPort) is not { HasEnded: false } engine)
        {
            context.Abort();
            return;
        }

        if (await JsonBody.ReadAsync(context, DisaggregationJson.Default.PrefillMessage, options) is not { } message)
        {
            return;
        }

        if (!TextLimits.IsEngineId(message.RequestId))
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "request_id is empty or too long");
            return;
        }

        using var stream = new TokenStream(message.RequestId, options.MaxUnsentTokens);
        try
        {
            AdmissionResult? admission = engine.Runner.Add(message.ToRequest(stream));
            await (admission == AdmissionResult.Accepted ? ServeAsync(context, engine, stream) : AdmissionRefusal.WriteAsync(context, admission));
        }
        finally
        {
            engine.Runner.Disconnect(stream);
        }
    }

    private async Task ServeAsync(HttpContext context, HostedEngine engine, TokenStream stream)
    {
        using var timeout = new CancellationTokenSource(options.RequestTimeout, options.TimeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stream.Broken, timeout.Token);
        try
        {
            await context.Response.Body.FlushAsync(ending.Token);
            await foreach (StepEvent _ in stream.Events.ReadAllAsync(ending.Token))
            {
                // The prefill's only token; the decode engine computes it again.
            }

            await context.Response.WriteAsync("\n", ending.Token);
            await context.Response.Body.FlushAsync(ending.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            engine.Runner.ReleaseAwaitingPull(stream.RequestId);
        }
    }

    private Task FreeAsync(HttpContext context)
    {
        if (registry.ByPort(context.Connection.LocalPort) is { HasEnded: false } engine)
        {
            engine.Runner.ReleaseAwaitingPull(context.Request.Query[RequestIdParameter].ToString());
        }
        else
        {
            context.Abort();
        }

        return Task.CompletedTask;
    }
}
