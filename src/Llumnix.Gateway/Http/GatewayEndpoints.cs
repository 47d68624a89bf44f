using Llumnix.Adapters.Listeners;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Keys;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Requests;
using Llumnix.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Llumnix.Gateway.Http;

/// <summary>The gateway's paths.</summary>
/// <param name="pipeline">Serves what goes to engines.</param>
/// <param name="connections">Bounds the connections.</param>
/// <param name="keys">The keys that clients need for everything under /v1/; null when they need none.</param>
/// <param name="keyTelemetry">Counts requests without an accepted key.</param>
/// <param name="models">The models.</param>
/// <param name="placer">Tells /readyz whether requests can be placed.</param>
/// <param name="denied">Tells /readyz which engines deny requests.</param>
/// <param name="isEngineNeeded">Whether /readyz asks for an engine that answers.</param>
/// <param name="isFleetNeeded">Whether /readyz asks for the fleet at all: false when external endpoints serve what it does not.</param>
/// <param name="metricsPage">The Prometheus page.</param>
/// <param name="drains">Answers /admin/drain; null where there is no scheduler that drains.</param>
internal sealed class GatewayEndpoints(
    RequestPipeline pipeline,
    ConnectionGate connections,
    ApiKeys? keys,
    KeyTelemetry keyTelemetry,
    ModelCatalogue models,
    IRequestPlacer placer,
    DeniedEngines denied,
    bool isEngineNeeded,
    bool isFleetNeeded,
    Func<Task<ReadOnlyMemory<byte>>> metricsPage,
    Func<HttpContext, Task>? drains)
{
    /// <summary>Longest path and query in characters. The server's own bound is higher, since what it refuses has no body.</summary>
    private const int MaxTargetLength = 8 * 1024;

    private const string ModelPrefix = "/v1/models/";
    private volatile bool _isStopping;

    /// <summary>From now on no request is taken and /readyz says no.</summary>
    public void Stop() => _isStopping = true;

    /// <summary>Serves a request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        if (context.Features.Get<IHttpRequestFeature>()?.RawTarget.Length > MaxTargetLength)
        {
            context.Response.Headers.Connection = "close";
            return TellAsync(context, OpenAiError.UrlTooLong(MaxTargetLength));
        }

        if (connections.HasSurplus && context.Features.Get<SurplusConnection>() is not null)
        {
            context.Response.Headers.Connection = "close";
            if (!IsProbe(path))
            {
                return TellAsync(context, OpenAiError.TooManyConnections());
            }
        }

        if (drains is not null && path == "/admin/drain")
        {
            return drains(context);
        }

        ApiKey? key = null;
        if (keys is not null && path.StartsWith("/v1/", StringComparison.Ordinal) && (key = keys.Find(context.Request.Headers.Authorization)) is null)
        {
            keyTelemetry.OnUnauthorized();
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return TellAsync(context, OpenAiError.InvalidKey());
        }

        if (HttpMethods.IsPost(context.Request.Method) && IsForwarded(path))
        {
            return _isStopping ? RefuseAsync(context) : pipeline.HandleAsync(context, key);
        }

        return path switch
        {
            _ when !HttpMethods.IsGet(context.Request.Method) && !(HttpMethods.IsHead(context.Request.Method) && IsProbe(path)) => RefuseMethodAsync(context, path),
            "/healthz" => Task.CompletedTask,
            "/readyz" => AnswerReadyAsync(context),
            "/metrics" => AnswerMetricsAsync(context),
            "/v1/models" => ListModelsAsync(context),
            _ when path.StartsWith(ModelPrefix, StringComparison.Ordinal) => ShowModelAsync(context, path[ModelPrefix.Length..]),
            _ => RefuseMethodAsync(context, path),
        };
    }

    /// <summary>The path takes other methods, which <c>Allow</c> names, or there is no such path.</summary>
    private static Task RefuseMethodAsync(HttpContext context, string path)
    {
        bool isRead = IsProbe(path) || path is "/metrics" or "/v1/models" || path.StartsWith(ModelPrefix, StringComparison.Ordinal);
        bool isForwarded = IsForwarded(path);
        if (!isRead && !isForwarded)
        {
            return TellAsync(context, OpenAiError.UnknownPath());
        }

        context.Response.Headers.Allow = IsProbe(path) ? "GET, HEAD" : isRead && isForwarded ? "GET, POST" : isRead ? "GET" : "POST";
        return TellAsync(context, OpenAiError.MethodNotAllowed());
    }

    private static bool IsProbe(string path) => path is "/healthz" or "/readyz";

    /// <summary>Whether a POST to a path, decoded once, goes to an engine.</summary>
    /// <remarks>
    /// What is still encoded after that, or has a backslash, could become a dot segment on its way, so that a client would reach the engines' own paths
    /// outside of <c>/v1/</c>. No path of the API has either.
    /// </remarks>
    private static bool IsForwarded(string path) => path.StartsWith("/v1/", StringComparison.Ordinal) && path.AsSpan().IndexOfAny('%', '\\') < 0;

    private static Task TellAsync(HttpContext context, OpenAiError error) => error.WriteAsync(context.Response, context.RequestAborted);

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        return TellAsync(context, OpenAiError.Stopping());
    }

    private async Task AnswerReadyAsync(HttpContext context)
    {
        string? reason = _isStopping ? "stopping"
            : !isFleetNeeded ? null
            : placer.FindReasonNotReady() ?? (isEngineNeeded && (await models.GetAsync()).AnsweringEngines == 0 ? $"no engine answers: {models.NameEngines()}" : null);
        context.Response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await ReadableJson.AnswerAsync(context, new ReadinessReport(reason is null, reason, FindWarning()), GatewayJsonContext.Default.ReadinessReport);
    }

    private string? FindWarning()
    {
        string warning = string.Join("; ", new[] { denied.FindWarning(), placer.FindWarning() }.Where(static text => text is not null));
        return warning.Length == 0 ? null : warning;
    }

    private async Task AnswerMetricsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.BodyWriter.WriteAsync(await metricsPage(), context.RequestAborted);
    }

    private async Task ListModelsAsync(HttpContext context)
    {
        ModelList list = await models.GetAsync();
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(
            $$"""{"object":"list","data":[{{string.Join(',', list.Models.Select(static model => model.Json))}}]}""", context.RequestAborted);
    }

    private async Task ShowModelAsync(HttpContext context, string id)
    {
        IReadOnlyList<ListedModel> list = (await models.GetAsync()).Models;
        ListedModel? model = list.FirstOrDefault(model => model.Id == id);
        if (model is null)
        {
            await TellAsync(context, OpenAiError.ModelNotServed(id, [.. list.Select(static known => known.Id)]));
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(model.Json, context.RequestAborted);
    }
}
