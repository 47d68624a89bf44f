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
    private const string OperatorNeeded = "the operator token is needed";
    private readonly ServiceToken _token = new(options.Token.Reveal());
    private readonly ServiceToken _operators = new(options.OperatorToken.Reveal());

    /// <summary>Whether a caller may change something.</summary>
    internal bool IsOperator(HttpContext context) => _operators.IsSet && _operators.Admits(context.Request.Headers.Authorization);

    /// <summary>Whether a caller may have the processor's time: an operator, or where there is no operator token, a reader on this machine.</summary>
    internal bool MaySpend(HttpContext context) => _operators.IsSet ? IsOperator(context) : AdminGate.IsLocal(context) && IsReader(context);

    /// <summary>Lets readers through to an endpoint.</summary>
    internal Task ReadAsync(HttpContext context, IEndpoint endpoint)
    {
        if (IsReader(context))
        {
            return endpoint.HandleAsync(context);
        }

        if (!_token.IsSet && readers is null)
        {
            return ErrorResponse.WriteAsync(
                context, StatusCodes.Status403Forbidden, "without a token this is for callers on this machine, by a loopback address and no proxy");
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ErrorResponse.WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized");
    }

    /// <summary>Lets readers through to an endpoint for GET, and operators for everything.</summary>
    internal Task OperateAsync(HttpContext context, IEndpoint endpoint) =>
        HttpMethods.IsGet(context.Request.Method) ? ReadAsync(context, endpoint)
        : IsOperator(context) ? endpoint.HandleAsync(context)
        : ErrorResponse.WriteAsync(
            context, StatusCodes.Status403Forbidden, _operators.IsSet ? OperatorNeeded : "read only: the console has no operator token (--console-operator-token)");

    /// <summary>Lets readers through to an endpoint for GET, and for everything those who may have the processor's time.</summary>
    internal Task SpendAsync(HttpContext context, IEndpoint endpoint) =>
        HttpMethods.IsGet(context.Request.Method) ? ReadAsync(context, endpoint)
        : MaySpend(context) ? endpoint.HandleAsync(context)
        : ErrorResponse.WriteAsync(
            context, StatusCodes.Status403Forbidden, _operators.IsSet ? OperatorNeeded : "without an operator token this is for readers on this machine, by a loopback address and no proxy");

    private bool IsReader(HttpContext context)
    {
        StringValues authorization = context.Request.Headers.Authorization;
        return IsOperator(context) || (_token.IsSet ? _token.Admits(authorization) : readers is not null ? readers(authorization) : AdminGate.IsLocal(context));
    }
}
