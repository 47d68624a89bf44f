namespace Llumnix.Server.Http.Endpoints;

/// <summary><c>/debug/explain</c> of a scheduler without a service token: 404, and what to do.</summary>
public sealed class UnexplainedEndpoint : IEndpoint
{
    /// <summary>What the answer says.</summary>
    public const string Message =
        "this scheduler explains nothing at this port, since it has no service token: start it with --service-token-file, or with --enable-console and ask the console's port";

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) => ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, Message);
}
