using System.Net;

namespace Llumnix.Server.Leadership.Peers;

/// <summary>A fixed list of replicas.</summary>
internal sealed class ListedPeers(IReadOnlyList<DnsEndPoint> peers) : IPeerAddresses
{
    /// <inheritdoc/>
    public IReadOnlyList<DnsEndPoint> Current { get; } = peers;
}
