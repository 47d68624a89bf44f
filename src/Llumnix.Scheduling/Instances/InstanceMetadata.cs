namespace Llumnix.Scheduling.Instances;

/// <summary>The unchanging description of an engine instance: its identity, endpoints, node and unit. Immutable.</summary>
/// <remarks>Source: the CMS message <c>InstanceMetadata</c>. Texts are never null; an absent one is empty, an absent number is 0.</remarks>
public sealed record InstanceMetadata
{
    /// <summary>The CMS instance id, the key of everything inside the scheduler.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The id in answers; empty: <c>IP_instanceRANK_SIZE</c>, as the Go scheduler makes it.</summary>
    public string AnswerId { get; init; } = "";

    /// <summary>The models that it serves, LoRA adapters included; empty: any. Only the engines' own metrics come with it, a CMS does not tell it.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>
    /// Whether nothing was ever heard of its engine and its connections break: which models it serves is not known then, and it counts as serving none beside instances that
    /// have named theirs. Only the engines' own metrics come with it.
    /// </summary>
    public bool IsUnheard { get; init; }

    /// <summary>What the instance is deployed to do.</summary>
    public required InferType InferType { get; init; }

    /// <summary>The engine's kind, for example <c>vllm</c>.</summary>
    public string BackendType { get; init; } = "";

    /// <summary>Address of the engine's API server, as the engine wrote it.</summary>
    public required string Ip
    {
        get;
        init => (field, Host) = (value, HostAddress.Normalize(value));
    }

    /// <summary><see cref="Ip"/>, normalized by <see cref="HostAddress"/>.</summary>
    public string Host { get; private init; } = "";

    /// <summary>Port of the engine's API server.</summary>
    public required int ApiServerPort { get; init; }

    /// <summary>Address under which the KV store and other engines know this instance, as the engine wrote it.</summary>
    public string IpKvs
    {
        get;
        init => (field, KvsHost) = (value, HostAddress.Normalize(value));
    } = "";

    /// <summary><see cref="IpKvs"/>, normalized by <see cref="HostAddress"/>.</summary>
    public string KvsHost { get; private init; } = "";

    /// <summary>Address of the KV transfer endpoint.</summary>
    public string IpKvt { get; init; } = "";

    /// <summary>Port of the KV transfer endpoint.</summary>
    public int KvtPort { get; init; }

    /// <summary>Port of the llumlet's gRPC service on <see cref="Ip"/>.</summary>
    public int LlumletPort { get; init; }

    /// <summary>The node (the machine); empty or "0" when unknown.</summary>
    public string NodeId { get; init; } = "";

    /// <summary>The unit (instances that were deployed as one and fail as one); empty or "0" when unknown.</summary>
    public string UnitId { get; init; } = "";

    /// <summary>Number of data-parallel ranks of the deployment.</summary>
    public int DataParallelSize { get; init; }

    /// <summary>This instance's data-parallel rank.</summary>
    public int DataParallelRank { get; init; }

    /// <summary>Number of tensor-parallel ranks.</summary>
    public int TensorParallelSize { get; init; }

    /// <summary>When the engine process was created, seconds since the Unix epoch; a change means a restart.</summary>
    public double UtcCreate { get; init; }

    /// <summary>KV block size in tokens.</summary>
    public int BlockSize { get; init; }

    /// <summary>Largest number of tokens in one engine step; 0 when unknown.</summary>
    public int MaxNumBatchedTokens { get; init; }

    /// <summary>Its labels, <c>key=value</c> sorted and separated by commas, which drains can select it by. Only discovery over pods of Kubernetes tells any.</summary>
    public string Labels { get; init; } = "";

    /// <summary>Whether its platform is about to end it, so that it gets no new requests. Only discovery over pods of Kubernetes tells it.</summary>
    public bool IsTerminating { get; init; }

    /// <summary>
    /// Whether its statuses name the requests in them, which acknowledges placements; false where statuses are made of a plain engine's own metrics, so that
    /// placements are reconciled with <see cref="InstanceStatus.Reading"/>.
    /// </summary>
    public bool NamesRequests { get; init; } = true;

    /// <summary>Key of the process that wrote these metadata.</summary>
    public InstanceIncarnation Incarnation => new(InstanceId, UtcCreate, Host, ApiServerPort, LlumletPort);
}
