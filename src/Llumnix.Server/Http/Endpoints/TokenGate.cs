namespace Llumnix.Server.Http.Endpoints;

/// <summary>Lets requests that carry a token through to an endpoint; 401 for the others.</summary>
internal sealed class TokenGate(ServiceToken token, IEndpoint next) : IEndpoint
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        if (token.Admits(context.Request.Headers.Authorization))
        {
            return next.HandleAsync(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ErrorResponse.WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized");
    }
}
