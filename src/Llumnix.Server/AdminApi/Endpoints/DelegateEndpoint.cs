using Llumnix.Server.Http;

namespace Llumnix.Server.AdminApi.Endpoints;

/// <summary>An endpoint that the program gives.</summary>
internal sealed class DelegateEndpoint(Func<HttpContext, Task> handle) : IEndpoint
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) => handle(context);
}
