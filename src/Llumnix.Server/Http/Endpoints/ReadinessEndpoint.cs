using Llumnix.Adapters.Listeners;

namespace Llumnix.Server.Http.Endpoints;

/// <summary><c>/readyz</c>: 200, or 503 with the reason in JSON.</summary>
internal sealed class ReadinessEndpoint(Readiness readiness) : IEndpoint
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        ReadinessReport report = readiness.Report();
        context.Response.StatusCode = report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return ReadableJson.AnswerAsync(context, report, ServerJsonContext.Default.ReadinessReport);
    }
}
