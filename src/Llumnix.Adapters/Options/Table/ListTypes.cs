using System.Globalization;
using System.Net;
using Llumnix.Adapters.Options.Parsing;

namespace Llumnix.Adapters.Options.Table;

/// <summary>Comma-separated lists.</summary>
public static class ListTypes
{
    /// <summary>Names; empty items are dropped.</summary>
    public static OptionType<IReadOnlyList<string>> Names { get; } =
        new("list", "a comma-separated list", ReadNames, names => string.Join(',', names));

    /// <summary>Hosts with ports; IPv6 addresses in brackets.</summary>
    public static OptionType<IReadOnlyList<DnsEndPoint>> Endpoints(int defaultPort) => new(
        "list of host:port",
        "a comma-separated list of host:port, IPv6 hosts in brackets",
        (string text, out IReadOnlyList<DnsEndPoint> endpoints) => TryReadEndpoints(text, defaultPort, out endpoints),
        endpoints => string.Join(',', endpoints.Select(WriteEndpoint)))
    {
        Explain = text => ExplainEndpoints(text, defaultPort),
    };

    /// <summary>Reads a host with a port; an IPv6 address in brackets.</summary>
    /// <param name="text">Such as <c>a:80</c>, <c>[::1]:80</c> or <c>a</c>.</param>
    /// <param name="defaultPort">The port where none is given.</param>
    /// <returns>Null when the text is none.</returns>
    public static DnsEndPoint? ReadEndpoint(string text, int defaultPort)
    {
        int hostEnd = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        if (hostEnd <= 0)
        {
            return text.AsSpan().ContainsAny('[', ':') ? null : NewEndpoint(text, defaultPort);
        }

        string host = text[..hostEnd].Trim('[', ']');
        if (hostEnd == text.Length)
        {
            return NewEndpoint(host, defaultPort);
        }

        bool hasPort = int.TryParse(text.AsSpan(hostEnd + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port);
        return text[hostEnd] == ':' && hasPort && port is >= 1 and <= 65535 ? NewEndpoint(host, port) : null;
    }

    /// <summary>Reads a host with a port, as <see cref="ReadEndpoint(string, int)"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port where none is given.</param>
    /// <param name="endpoint">The endpoint; null where something is wrong.</param>
    /// <returns>What is wrong, as it follows the text in messages; null when nothing is.</returns>
    public static string? ReadEndpoint(string text, int defaultPort, out DnsEndPoint? endpoint)
    {
        endpoint = ReadEndpoint(text, defaultPort);
        int colon = text.LastIndexOf(':');
        return endpoint is not null ? null
            : text.Contains("://", StringComparison.Ordinal) ? "is a URL; expected is host:port"
            : text.Contains('/', StringComparison.Ordinal) ? "has a path; expected is host:port"
            : text.Contains('@', StringComparison.Ordinal) ? "has a user or a password; expected is host:port"
            : colon > 0 && ReadEndpoint(text[..colon], 1) is not null ? "has a port that is none from 1 to 65535"
            : text.Count(static c => c == ':') > 1 && text[0] != '[' ? "is an IPv6 address without brackets"
            : "is no host:port";
    }

    /// <summary>Writes a host with its port so that <see cref="ReadEndpoint(string, int)"/> reads it.</summary>
    public static string WriteEndpoint(DnsEndPoint endpoint)
    {
        string host = endpoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{endpoint.Host}]" : endpoint.Host;
        return FormattableString.Invariant($"{host}:{endpoint.Port}");
    }

    private static bool ReadNames(string text, out IReadOnlyList<string> names)
    {
        names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return true;
    }

    private static bool TryReadEndpoints(string text, int defaultPort, out IReadOnlyList<DnsEndPoint> endpoints)
    {
        ReadNames(text, out IReadOnlyList<string> items);
        DnsEndPoint?[] read = [.. items.Select(item => ReadEndpoint(item, defaultPort))];
        endpoints = [.. read.OfType<DnsEndPoint>()];
        return endpoints.Count == read.Length;
    }

    private static string? ExplainEndpoints(string text, int defaultPort)
    {
        ReadNames(text, out IReadOnlyList<string> items);
        return
            (from item in items
             let problem = ReadEndpoint(item, defaultPort, out _)
             where problem is not null
             select $"{RefusedValue.QuotePart(item, text)} {problem}").FirstOrDefault();
    }

    private static DnsEndPoint? NewEndpoint(string host, int port)
    {
        bool isHost = Uri.CheckHostName(host) != UriHostNameType.Unknown;
        return isHost ? new DnsEndPoint(host, port) : null;
    }
}
