using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Relay;

/// <summary>
/// Redirections. The gateway does not follow them and does not pass them on: a client that followed one would leave the gateway, its keys and its limits, and
/// the address may be one of the fleet's own.
/// </summary>
internal static class Redirection
{
    /// <summary>Whether a status asks for the request to be sent to another address.</summary>
    public static bool Is(int status) => status is >= StatusCodes.Status300MultipleChoices and < StatusCodes.Status400BadRequest;
}
