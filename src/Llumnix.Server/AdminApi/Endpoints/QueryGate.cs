using Llumnix.Adapters.Options.Parsing;
using Llumnix.Server.Http;

namespace Llumnix.Server.AdminApi.Endpoints;

/// <summary>Lets requests through whose query has only parameters that the endpoint knows: a mistyped one would otherwise answer another question without a word.</summary>
/// <param name="next">The endpoint.</param>
/// <param name="known">Its parameters.</param>
internal sealed class QueryGate(IEndpoint next, params string[] known) : IEndpoint
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        string? unknown = context.Request.Query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.Ordinal));
        return unknown is null ? next.HandleAsync(context)
            : ErrorResponse.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                $"unknown parameter {Quoted.Text(unknown)}; {(known.Length == 0 ? "this path takes none" : $"known are {string.Join(", ", known)}")}");
    }
}
