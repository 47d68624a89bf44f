using System.Net;
using Llumnix.Adapters.Options.Table;

namespace Llumnix.Server.Leadership.Peers;

/// <summary>
/// The replicas that are known from the reports to the leader: it hears their ports from themselves, and tells all of them in its answers. A replica that is
/// not heard of for 15 s is dropped; that is longer than a change of the leader takes. Thread-safe.
/// </summary>
/// <param name="own">This replica; null: it takes no part.</param>
/// <param name="time">The clock.</param>
internal sealed class ReportedPeers(ReportedPeer? own, TimeProvider time) : IPeerAddresses
{
    /// <summary>Largest number of other replicas.</summary>
    internal const int MaxPeers = 32;

    /// <summary>Time after which a replica that is not heard of is dropped.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(15);

    /// <summary>Longest host, as in DNS.</summary>
    private const int MaxHostLength = 253;

    private readonly Lock _lock = new();
    // By the replica's id, since one may be known by a name and by an address: it must not get two streams.
    private readonly Dictionary<string, (DnsEndPoint Address, long HeardAt)> _peers = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IReadOnlyList<DnsEndPoint> Current
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return [.. _peers.Values.Select(static peer => peer.Address)];
            }
        }
    }

    /// <summary>The port of this replica; 0: it takes no part.</summary>
    internal int OwnPort { get; } = own is null ? 0 : ListTypes.ReadEndpoint(own.Address, 0)?.Port ?? 0;

    /// <summary>All of them, this replica first.</summary>
    internal IReadOnlyList<ReportedPeer> All()
    {
        if (own is null)
        {
            return [];
        }

        lock (_lock)
        {
            Forget();
            return [own, .. _peers.Select(static peer => new ReportedPeer(peer.Key, ListTypes.WriteEndpoint(peer.Value.Address)))];
        }
    }

    /// <summary>Takes the port of a replica from its own report.</summary>
    /// <param name="id">The replica's id.</param>
    /// <param name="caller">Where the report comes from, so that no caller has placements sent to another host; null: unknown.</param>
    /// <param name="port">Its port; 0: it takes no part.</param>
    internal void Hear(string id, IPAddress? caller, int port)
    {
        if (caller is not null && port is > 0 and <= IPEndPoint.MaxPort)
        {
            Add(id, new DnsEndPoint((caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller).ToString(), port));
        }
    }

    /// <summary>Takes what the leader tells. What cannot be used is left out.</summary>
    internal void Hear(IEnumerable<ReportedPeer?> peers)
    {
        foreach (ReportedPeer? peer in peers.Take(MaxPeers + 1))
        {
            if (peer is { Id.Length: > 0 and <= ReplicaEndpoint.MaxIdBytes, Address: { } text }
                && ListTypes.ReadEndpoint(text, 0) is { Host.Length: <= MaxHostLength, Port: > 0 } address)
            {
                Add(peer.Id, address);
            }
        }
    }

    private void Add(string id, DnsEndPoint address)
    {
        if (own is null || id == own.Id)
        {
            return;
        }

        lock (_lock)
        {
            Forget();
            bool isKnown = _peers.TryGetValue(id, out (DnsEndPoint Address, long HeardAt) known);
            if (isKnown || _peers.Count < MaxPeers)
            {
                _peers[id] = (isKnown ? known.Address : address, time.GetTimestamp());
            }
        }
    }

    private void Forget()
    {
        foreach ((string id, (_, long heardAt)) in _peers)
        {
            if (time.GetElapsedTime(heardAt) > Lifetime)
            {
                _peers.Remove(id);
            }
        }
    }
}
