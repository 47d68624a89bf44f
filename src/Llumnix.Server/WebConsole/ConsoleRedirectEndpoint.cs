using Llumnix.Server.Http;

namespace Llumnix.Server.WebConsole;

/// <summary><c>/console</c>: leads to <c>/console/</c>, relative to itself, so that it works behind a proxy that adds a prefix.</summary>
internal sealed class ConsoleRedirectEndpoint : IEndpoint
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = "console/";
        return Task.CompletedTask;
    }
}
