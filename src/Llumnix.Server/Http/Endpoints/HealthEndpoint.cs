namespace Llumnix.Server.Http.Endpoints;

/// <summary><c>/healthz</c>: 200 for as long as the process answers at all.</summary>
internal sealed class HealthEndpoint : IEndpoint
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("ok\n");
    }
}
