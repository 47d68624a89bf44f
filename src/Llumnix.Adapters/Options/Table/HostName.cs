using System.Buffers;
using System.Net;

namespace Llumnix.Adapters.Options.Table;

/// <summary>Tells hosts from addresses that say more, such as URLs and connection strings, which may hold a password.</summary>
public static class HostName
{
    private static readonly SearchValues<char> NeverInHosts = SearchValues.Create("@/=,?");

    /// <summary>Whether a text is the name or the IP address of a host.</summary>
    /// <remarks>The name may begin with an underscore, with which containers can be named although a URL cannot have it.</remarks>
    public static bool IsHost(string text) => IsBare(text) && (IsAddress(text) || Uri.CheckHostName(text.TrimStart('_')) != UriHostNameType.Unknown);

    /// <summary>Whether a URL can have it.</summary>
    public static bool IsHostOfUrl(string text) => IsBare(text) && Uri.CheckHostName(text) != UriHostNameType.Unknown;

    /// <summary>Whether a text is an IP address, or <c>localhost</c>.</summary>
    public static bool IsListenHost(string text) => text == "localhost" || (IsBare(text) && IsAddress(text));

    /// <summary>Whether a text is an IP address, an IPv6 one with or without brackets, and nothing more.</summary>
    /// <remarks>The parser drops a port after the brackets.</remarks>
    public static bool IsAddress(string text) => IPAddress.TryParse(text, out _) && text.IndexOf(']') is var end && (end < 0 || end == text.Length - 1);

    /// <summary>Whether a text has nothing that no host has.</summary>
    private static bool IsBare(string text) => text.Length > 0 && !text.AsSpan().ContainsAny(NeverInHosts) && !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c));
}
