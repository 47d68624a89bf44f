using System.Net;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Adapters.Redis;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Llumlet;

/// <summary>What <c>llumnix llumlet</c> runs.</summary>
internal sealed record LlumletSettings
{
    /// <summary>The engine beside it; exactly one.</summary>
    public IReadOnlyList<ListedEngine> Engines { get; init; } = [];

    /// <summary>The instance's id in the CMS; empty: the host's name and the engine's port.</summary>
    public string InstanceId { get; init; } = "";

    /// <summary>What the instance is deployed to do.</summary>
    public InferType InferType { get; init; } = InferType.Neutral;

    /// <summary>The host under which gateways reach the engine; empty: the one in its URL.</summary>
    public string AdvertisedHost { get; init; } = "";

    /// <summary>The port under which gateways reach the engine; 0: the one in its URL.</summary>
    public int AdvertisedPort { get; init; }

    /// <summary>The engine's port for KV transfers; 0: none.</summary>
    public int KvTransferPort { get; init; }

    /// <summary>Data-parallel ranks of the engine, at least 1; each is an instance.</summary>
    public int DataParallelSize { get; init; } = 1;

    /// <summary>Tensor-parallel ranks; 0: unknown.</summary>
    public int TensorParallelSize { get; init; }

    /// <summary>The node; empty: unknown.</summary>
    public string NodeId { get; init; } = "";

    /// <summary>The unit; empty: unknown.</summary>
    public string UnitId { get; init; } = "";

    /// <summary>KV block size in tokens; 0: unknown.</summary>
    public int BlockSize { get; init; }

    /// <summary>Largest number of tokens in one engine step; 0: unknown.</summary>
    public int MaxBatchedTokens { get; init; }

    /// <summary>Address on which the llumlet itself listens.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port of /healthz, /readyz; 0: any free one.</summary>
    public int Port { get; init; } = 9877;

    /// <summary>Port of the llumlet's gRPC service; 0: any free one.</summary>
    public int GrpcPort { get; init; } = 9878;

    /// <summary>The CMS.</summary>
    public RedisOptions Redis { get; init; } = new();

    /// <summary>Lifetime of the keys in the CMS.</summary>
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How the engine is read.</summary>
    public EngineStatusOptions Reading { get; init; } = new()
    {
        Scraper = new EngineScraperOptions { Interval = TimeSpan.FromMilliseconds(100) },
        AreEnginesLocal = true,
    };

    /// <summary>The engine.</summary>
    public ListedEngine Engine => Engines[0];

    /// <summary>The host that the CMS tells.</summary>
    public string EngineHost => AdvertisedHost.Length > 0 ? AdvertisedHost : Engine.Host;

    /// <summary>The engine's ranks, as they are read.</summary>
    public IReadOnlyList<DiscoveredInstance> ToInstances()
    {
        string id = InstanceId.Length > 0 ? InstanceId : FormattableString.Invariant($"{Dns.GetHostName()}_{Engine.Port}");
        return
        [
            .. Enumerable.Range(0, DataParallelSize).Select(rank => new DiscoveredInstance
            {
                Id = DataParallelSize == 1 ? id : FormattableString.Invariant($"{id}_dp{rank}"),
                Host = Engine.Host,
                Port = Engine.Port,
                InferType = InferType,
                NodeId = NodeId,
                DataParallelRank = rank,
                DataParallelSize = DataParallelSize,
            }),
        ];
    }

    /// <summary>The metadata that are written of those that were read.</summary>
    /// <param name="read">Metadata of one of <see cref="ToInstances"/>.</param>
    /// <param name="engine">What the engine was recognised as.</param>
    /// <param name="grpcPort">Port of the gRPC service.</param>
    /// <param name="now">The time; the engine's process is not known to be older.</param>
    public InstanceMetadata Describe(InstanceMetadata read, EngineFace engine, int grpcPort, DateTimeOffset now) => new()
    {
        InstanceId = read.InstanceId,
        InferType = read.InferType,
        BackendType = engine switch { EngineFace.Vllm => "vllm", EngineFace.Unknown => "", _ => "sglang" },
        Ip = EngineHost,
        ApiServerPort = AdvertisedPort > 0 ? AdvertisedPort : Engine.Port,
        IpKvs = EngineHost,
        IpKvt = EngineHost,
        KvtPort = KvTransferPort,
        LlumletPort = grpcPort,
        NodeId = NodeId,
        UnitId = UnitId,
        DataParallelRank = read.DataParallelRank,
        DataParallelSize = DataParallelSize,
        TensorParallelSize = TensorParallelSize,
        UtcCreate = now.ToUnixTimeMilliseconds() / 1000.0,
        BlockSize = BlockSize,
        MaxNumBatchedTokens = MaxBatchedTokens,
        NamesRequests = false,
    };
}
