using Llumnix.Protocol.Http;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Load;

/// <summary>Converts an instance's endpoint to an address for requests.</summary>
internal static class EndpointAddress
{
    /// <summary>Whether the endpoint is a valid address.</summary>
    internal static bool IsUsable(this Endpoint endpoint) =>
        Uri.CheckHostName(endpoint.Host) != UriHostNameType.Unknown && endpoint.Port is > 0 and <= ushort.MaxValue;

    /// <summary>The URI of a path at the endpoint.</summary>
    internal static Uri ToUri(this Endpoint endpoint, string path) =>
        new UriBuilder(Uri.UriSchemeHttp, endpoint.Host, endpoint.Port, path).Uri;

    /// <summary><c>host:port</c>.</summary>
    internal static string ToAddress(this Endpoint endpoint) => HostAddress.EndpointOf(endpoint.Host, endpoint.Port);
}
