using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Admission;

/// <summary>The priority class that a request asks for.</summary>
internal static class RequestPriority
{
    /// <summary>The header that carries it, a whole number.</summary>
    public const string Header = "x-llumnix-priority";

    /// <summary>The lowest class.</summary>
    public const int Lowest = -9;

    /// <summary>The highest class.</summary>
    public const int Highest = 9;

    /// <summary>The class of requests that name none.</summary>
    public const int Normal = 0;

    /// <summary>Reads the header. Numbers out of range count as the class next to them.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="ceiling">The highest class that the client may have.</param>
    /// <param name="priority">The class.</param>
    /// <returns>False when the header is no whole number.</returns>
    public static bool TryRead(IHeaderDictionary headers, int ceiling, out int priority)
    {
        priority = Math.Min(Normal, ceiling);
        if (!headers.TryGetValue(Header, out var values))
        {
            return true;
        }

        if (!int.TryParse(values.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int asked))
        {
            return false;
        }

        priority = Math.Min(Math.Clamp(asked, Lowest, Highest), ceiling);
        return true;
    }
}
