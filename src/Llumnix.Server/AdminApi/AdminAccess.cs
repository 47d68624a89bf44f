using Llumnix.Server.Http;
using Llumnix.Server.Http.Endpoints;
using Llumnix.Server.Options;
using Microsoft.Extensions.Primitives;

namespace Llumnix.Server.AdminApi;

/// <summary>
/// Who may read the admin API, and who may change something by it. Readers send the console's token or are accepted by the program; without either, they
/// come from this machine. Operators send the operator token, and may read too.
/// </summary>
/// <param name="options">The console's tokens.</param>
/// <param name="readers">Accepts readers where the console has no token; null for none.</param>
internal sealed class AdminAccess(ConsoleOptions options, Func<StringValues, bool>? readers)
{
    private readonly ServiceToken _token = new(options.Token.Reveal());
    private readonly ServiceToken _operators = new(options.OperatorToken.Reveal());

    /// <summary>Whether a caller may change something.</summary>
    internal bool IsOperator(HttpContext context) => _operators.IsSet && _operators.Admits(context.Request.Headers.Authorization);

    /// <summary>Lets readers through to an endpoint.</summary>
    internal Task ReadAsync(HttpContext context, IEndpoint endpoint)
    {
        StringValues authorization = context.Request.Headers.Authorization;
        if (IsOperator(context) || (_token.IsSet ? _token.Admits(authorization) : readers is not null ? readers(authorization) : AdminGate.IsLocal(context)))
        {
            return endpoint.HandleAsync(context);
        }

        if (!_token.IsSet && readers is null)
        {
            return ErrorResponse.WriteAsync(
                context, StatusCodes.Status403Forbidden, "without a token this is for callers on this machine, by a loopback address");
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ErrorResponse.WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized");
    }

    /// <summary>Lets readers through to an endpoint for GET, and operators for everything.</summary>
    internal Task OperateAsync(HttpContext context, IEndpoint endpoint) =>
        HttpMethods.IsGet(context.Request.Method) ? ReadAsync(context, endpoint)
        : IsOperator(context) ? endpoint.HandleAsync(context)
        : ErrorResponse.WriteAsync(
            context, StatusCodes.Status403Forbidden, _operators.IsSet ? "the operator token is needed" : "read only: the console has no operator token");
}
