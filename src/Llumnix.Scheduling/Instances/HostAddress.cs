using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Llumnix.Scheduling.Instances;

/// <summary>
/// The one form in which hosts are compared. An IPv6 address may be written short or long, in capitals, in brackets, with a zone, or as an IPv4
/// address mapped into IPv6, and a host name in capitals; it is the same host. What goes out over the wire stays as it came. For any threads.
/// </summary>
public static class HostAddress
{
    /// <summary>Longer texts are no hosts and stay as they are.</summary>
    private const int MaxLength = 512;

    /// <summary>The form of a host in which it is compared.</summary>
    /// <param name="host">A host name or an IP address, the latter also in brackets or with a zone. Empty stays empty.</param>
    /// <returns>The same object when it has that form already, as IPv4 addresses and host names in small letters have.</returns>
    public static string Normalize(string host)
    {
        if (host.Length > MaxLength)
        {
            return host;
        }

        return host.Contains(':', StringComparison.Ordinal) ? NormalizeIPv6(host) : host.ToLowerInvariant();
    }

    /// <summary>The form of <c>host:port</c> in which it is compared: an IPv6 host comes into brackets, in its one form.</summary>
    /// <param name="endpoint">An endpoint; a text of another form stays as it is.</param>
    /// <returns>The same object when it has that form already.</returns>
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
    /// <param name="host">A host name or an IP address, the latter also in brackets already.</param>
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

    /// <summary>Without the zone: which interface leads there is the business of each machine.</summary>
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
