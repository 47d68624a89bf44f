using System.Buffers;
using System.Net;

namespace Llumnix.Adapters.Options.Table;

/// <summary>Tells hosts from addresses that say more, such as URLs and connection strings, which may hold a password.</summary>
internal static class HostName
{
    private static readonly SearchValues<char> NeverInHosts = SearchValues.Create("@/=,?");

    /// <summary>Whether a text is the name or the IP address of a host.</summary>
    /// <remarks>The name may begin with an underscore, with which containers can be named although a URL cannot have it.</remarks>
    public static bool IsHost(string text) => IsBare(text) && (IPAddress.TryParse(text, out _) || Uri.CheckHostName(text.TrimStart('_')) != UriHostNameType.Unknown);

    /// <summary>Whether a URL can have it.</summary>
    public static bool IsHostOfUrl(string text) => IsBare(text) && Uri.CheckHostName(text) != UriHostNameType.Unknown;

    /// <summary>Whether a text has nothing that no host has.</summary>
    public static bool IsBare(string text) => text.Length > 0 && !text.AsSpan().ContainsAny(NeverInHosts) && !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c));
}
