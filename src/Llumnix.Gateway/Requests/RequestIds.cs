using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Requests;

/// <summary>The id by which client, gateway, scheduler and engine know a request.</summary>
internal static class RequestIds
{
    /// <summary>The header that carries it, both ways.</summary>
    public const string Header = "x-request-id";

    private const int MaxLength = 128;

    /// <summary>The client's id when it is usable; otherwise a new one.</summary>
    public static string Of(HttpRequest request)
    {
        string given = request.Headers[Header].ToString();
        return IsUsable(given) ? given : Guid.NewGuid().ToString();
    }

    /// <summary>Whether an id is short and of safe characters only: it is written to headers, logs and engines' ids.</summary>
    private static bool IsUsable(string id)
    {
        if (id.Length is 0 or > MaxLength)
        {
            return false;
        }

        foreach (char character in id)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.' or ':' or '/' or '+' or '='))
            {
                return false;
            }
        }

        return true;
    }
}
