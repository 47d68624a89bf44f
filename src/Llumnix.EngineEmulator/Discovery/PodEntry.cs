using Google.Protobuf;
using Llumnix.Protocol.Resolver;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Discovery;

/// <summary>The discovery entry of a pod with one engine.</summary>
/// <param name="PodName">The pod's name; the instance's id is <c>&lt;pod_name&gt;_dp&lt;dp_rank&gt;</c>.</param>
/// <param name="Engine">The engine.</param>
/// <param name="Model">The model that it serves; empty: any.</param>
internal sealed record PodEntry(string PodName, InstanceMetadata Engine, string Model)
{
    /// <summary>The entry's bytes at a given time. The engine's version is the time of its start, so that it grows with each restart.</summary>
    public byte[] ToBytes(DateTimeOffset now) => new PodDiscoveryInfo
    {
        PodName = PodName,
        TimestampMs = now.ToUnixTimeMilliseconds(),
        Instances =
        {
            new InstanceDiscoveryInfo
            {
                InstanceType = Engine.InferType.ToName(),
                EntrypointIp = Engine.Ip,
                EntrypointPort = Engine.ApiServerPort,
                KvTransferIp = Engine.IpKvt,
                KvTransferPort = Engine.KvtPort,
                DpRank = Engine.DataParallelRank,
                DpSize = Engine.DataParallelSize,
                Model = Model,
                Version = (long)(Engine.UtcCreate * 1000),
            },
        },
    }.ToByteArray();
}
