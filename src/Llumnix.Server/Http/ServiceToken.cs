using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Llumnix.Server.Http;

/// <summary>Checks the Authorization header against the service token, in constant time.</summary>
internal sealed class ServiceToken(string token)
{
    private const string Bearer = "Bearer ";
    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Whether callers need a token.</summary>
    internal bool IsSet => token.Length > 0;

    /// <summary>True when no token is set or the header carries it, bare or as a bearer token.</summary>
    internal bool Admits(StringValues authorization)
    {
        if (token.Length == 0)
        {
            return true;
        }

        string presented = authorization.ToString();
        string bare = presented.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? presented[Bearer.Length..] : presented;
        return Matches(presented) | Matches(bare);
    }

    /// <summary>Compares hashes, which all have the same length, so that the time does not even reveal the token's length.</summary>
    private bool Matches(string presented) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(presented)), _hash);
}
