using Google.Protobuf;
using Llumnix.Protocol.Resolver;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Discovery;

/// <summary>The discovery entry of a pod with one engine.</summary>
/// <param name="PodName">The pod's name; an instance's id is <c>&lt;pod_name&gt;_dp&lt;dp_rank&gt;</c>.</param>
/// <param name="Ranks">The engine's data-parallel ranks, each an instance.</param>
/// <param name="Model">The model that it serves; empty: any.</param>
internal sealed record PodEntry(string PodName, IReadOnlyList<InstanceMetadata> Ranks, string Model)
{
    /// <summary>The entry's bytes at a given time. The engine's version is the time of its start, so that it grows with each restart.</summary>
    public byte[] ToBytes(DateTimeOffset now) => new PodDiscoveryInfo
    {
        PodName = PodName,
        TimestampMs = now.ToUnixTimeMilliseconds(),
        Instances =
        {
            Ranks.Select(rank => new InstanceDiscoveryInfo
            {
                InstanceType = rank.InferType.ToName(),
                EntrypointIp = rank.Ip,
                EntrypointPort = rank.ApiServerPort,
                KvTransferIp = rank.IpKvt,
                KvTransferPort = rank.KvtPort,
                DpRank = rank.DataParallelRank,
                DpSize = rank.DataParallelSize,
                Model = Model,
                Version = (long)(rank.UtcCreate * 1000),
            }),
        },
    }.ToByteArray();
}
