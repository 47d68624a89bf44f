namespace Llumnix.Server.Http.Endpoints;

/// <summary>Lets requests of the allowed methods through to an endpoint; 405 for the others.</summary>
/// <param name="next">The endpoint.</param>
/// <param name="allowed">The allowed methods, in upper case.</param>
internal sealed class MethodGate(IEndpoint next, params string[] allowed) : IEndpoint
{
    private readonly string _allow = string.Join(", ", allowed);

    /// <summary>What callers with another method are told.</summary>
    internal string Refusal { get; init; } = "method not allowed";

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        foreach (string method in allowed)
        {
            if (HttpMethods.Equals(method, context.Request.Method))
            {
                return next.HandleAsync(context);
            }
        }

        context.Response.Headers.Allow = _allow;
        return ErrorResponse.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, Refusal);
    }
}
