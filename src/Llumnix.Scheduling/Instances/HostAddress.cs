using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Llumnix.Scheduling.Instances;

/// <summary>
/// Normalizes hosts for comparison. An IPv6 address can be written short or long, in capitals, in brackets, with a zone, or as an IPv4 address mapped
/// into IPv6, and a host name in capitals; all forms mean the same host. Addresses in answers keep the form in which they were received. Thread-safe.
/// </summary>
public static class HostAddress
{
    /// <summary>Longer texts are not hosts and are returned unchanged.</summary>
    private const int MaxLength = 512;

    /// <summary>The normalized form of a host.</summary>
    /// <param name="host">A host name or an IP address, the latter also in brackets or with a zone. Empty stays empty.</param>
    /// <returns>The same object when it is normalized already, as IPv4 addresses and host names in lower case are.</returns>
    public static string Normalize(string host)
    {
        if (host.Length > MaxLength)
        {
            return host;
        }

        return host.Contains(':', StringComparison.Ordinal) ? NormalizeIPv6(host) : host.ToLowerInvariant();
    }

    /// <summary>Normalizes the IPv6 host of <c>host:port</c>: its normalized form in brackets.</summary>
    /// <param name="endpoint">An endpoint; any other text is returned unchanged.</param>
    /// <returns>The normalized endpoint; the same object when the host is not an IPv6 address.</returns>
    public static string NormalizeEndpoint(string endpoint)
    {
        int colon = endpoint.LastIndexOf(':');
        if (endpoint.Length > MaxLength || colon < 0 || endpoint.IndexOf(':', StringComparison.Ordinal) == colon)
        {
            return endpoint;
        }

        return TryParseIPv6(endpoint.AsSpan(0, colon), out IPAddress? address)
            && ushort.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? EndpointOf(address.ToString(), port)
            : endpoint;
    }

    /// <summary><c>host:port</c>, with an IPv6 address in brackets.</summary>
    /// <param name="host">A host name or an IP address, with or without brackets.</param>
    /// <param name="port">The port.</param>
    public static string EndpointOf(string host, int port) => host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[')
        ? string.Create(CultureInfo.InvariantCulture, $"[{host}]:{port}")
        : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");

    private static string NormalizeIPv6(string host)
    {
        if (!TryParseIPv6(host, out IPAddress? address))
        {
            return host;
        }

        string text = address.ToString();
        return text == host ? host : text;
    }

    /// <summary>Parses an IPv6 address without its zone, since a zone is an interface of the machine that wrote it.</summary>
    private static bool TryParseIPv6(ReadOnlySpan<char> host, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        if (host.Length > 1 && host[0] == '[' && host[^1] == ']')
        {
            host = host[1..^1];
        }

        int zone = host.IndexOf('%');
        if (!IPAddress.TryParse(zone > 0 ? host[..zone] : host, out address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return true;
    }
}
