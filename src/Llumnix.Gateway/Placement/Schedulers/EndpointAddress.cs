using Llumnix.Protocol.Http;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>Converts an instance's endpoint to an address for requests.</summary>
public static class EndpointAddress
{
    /// <summary>Whether the endpoint is a valid address.</summary>
    public static bool IsUsable(this Endpoint endpoint) =>
        Uri.CheckHostName(endpoint.Host) != UriHostNameType.Unknown && endpoint.Port is > 0 and <= ushort.MaxValue;

    /// <summary>The URI of a path at the endpoint.</summary>
    public static Uri ToUri(this Endpoint endpoint, string path) =>
        new UriBuilder(Uri.UriSchemeHttp, endpoint.Host, endpoint.Port, path).Uri;

    /// <summary><c>host:port</c>.</summary>
    public static string ToAddress(this Endpoint endpoint) => HostAddress.EndpointOf(endpoint.Host, endpoint.Port);
}
