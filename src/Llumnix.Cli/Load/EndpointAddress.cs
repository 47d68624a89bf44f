using Llumnix.Protocol.Http;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Load;

/// <summary>An instance's endpoint as an address to send to.</summary>
internal static class EndpointAddress
{
    /// <summary>Whether a request can be sent there.</summary>
    internal static bool IsUsable(this Endpoint endpoint) =>
        Uri.CheckHostName(endpoint.Host) != UriHostNameType.Unknown && endpoint.Port is > 0 and <= ushort.MaxValue;

    /// <summary>The address of a path there.</summary>
    internal static Uri ToUri(this Endpoint endpoint, string path) =>
        new UriBuilder(Uri.UriSchemeHttp, endpoint.Host, endpoint.Port, path).Uri;

    /// <summary><c>host:port</c>.</summary>
    internal static string ToAddress(this Endpoint endpoint) => HostAddress.EndpointOf(endpoint.Host, endpoint.Port);
}
