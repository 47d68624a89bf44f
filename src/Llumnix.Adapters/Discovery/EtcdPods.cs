using Google.Protobuf;
using Llumnix.Adapters.Etcd;
using Llumnix.Protocol.Etcd;

namespace Llumnix.Adapters.Discovery;

/// <summary>Discovery's keys in etcd.</summary>
internal static class EtcdPods
{
    // Small enough for a page of the largest values that etcd accepts to stay within the message limit.
    private const int KeysPerPage = 40;

    /// <summary>The keys of all pods.</summary>
    public static EtcdPrefix Keys { get; } = new(PodKeys.EtcdPrefix);

    /// <summary>Reads all entries, as they were at one revision.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="member">The member that is asked.</param>
    /// <param name="take">Receives each key and value.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The header with the revision that was read.</returns>
    /// <exception cref="EtcdException">The member does not answer, or refuses.</exception>
    public static async Task<ResponseHeader> ReadAsync(
        EtcdCluster cluster, EtcdMember member, Action<KeyValue> take, CancellationToken cancellationToken)
    {
        var request = new RangeRequest { Key = Keys.Start, RangeEnd = Keys.End, Limit = KeysPerPage };
        while (true)
        {
            RangeResponse page = await cluster.CallAsync(
                member, (m, call) => m.Store.RangeAsync(request, call).ResponseAsync, cancellationToken);
            foreach (KeyValue pair in page.Kvs)
            {
                take(pair);
            }

            if (!page.More || page.Kvs.Count == 0)
            {
                return request.Revision == 0 ? page.Header : new ResponseHeader(page.Header) { Revision = request.Revision };
            }

            request.Revision = request.Revision == 0 ? page.Header.Revision : request.Revision;
            request.Key = EtcdPrefix.After(page.Kvs[^1].Key);
        }
    }

    /// <summary>Reads the store's current revision from a member: the smallest read that needs the quorum.</summary>
    /// <exception cref="EtcdException">The member does not answer or has no quorum; or it refuses.</exception>
    public static async Task<ResponseHeader> ProbeAsync(EtcdCluster cluster, EtcdMember member, CancellationToken cancellationToken)
    {
        var request = new RangeRequest { Key = Keys.Start, CountOnly = true };
        RangeResponse response = await cluster.ProbeAsync(
            member, (m, call) => m.Store.RangeAsync(request, call).ResponseAsync, cancellationToken);
        return response.Header;
    }
}
