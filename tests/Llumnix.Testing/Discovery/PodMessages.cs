using Llumnix.Protocol.Resolver;

namespace Llumnix.Testing.Discovery;

/// <summary>Discovery entries of plausible pods, as sidecars write them.</summary>
public static class PodMessages
{
    /// <summary>The entry of a pod with a number of ranks.</summary>
    public static PodDiscoveryInfo Pod(string name, int ranks = 1, DateTimeOffset? timestamp = null, long version = 1)
    {
        var pod = new PodDiscoveryInfo
        {
            PodName = name,
            TimestampMs = (timestamp ?? TimeProvider.System.GetUtcNow()).ToUnixTimeMilliseconds(),
        };
        pod.Instances.AddRange(Enumerable.Range(0, ranks).Select(rank => Instance(rank, ranks, version)));
        return pod;
    }

    /// <summary>A rank of a pod.</summary>
    public static InstanceDiscoveryInfo Instance(int rank = 0, int ranks = 1, long version = 1) => new()
    {
        InstanceType = "neutral",
        EntrypointIp = "10.0.0.1",
        EntrypointPort = 8000 + rank,
        KvTransferIp = "10.1.0.1",
        KvTransferPort = 9000 + rank,
        DpRank = rank,
        DpSize = ranks,
        Model = "m",
        Version = version,
    };
}
