using System.Net;

namespace Llumnix.Server.Leadership.Peers;

/// <summary>Where the other replicas are. Thread-safe.</summary>
internal interface IPeerAddresses
{
    /// <summary>Their addresses now; this replica's own may be among them.</summary>
    IReadOnlyList<DnsEndPoint> Current { get; }
}
