using Llumnix.Protocol.Cms;

namespace Llumnix.Testing.Cms;

/// <summary>Messages of plausible instances, as llumlets write them.</summary>
public static class CmsMessages
{
    /// <summary>Metadata of a neutral instance.</summary>
    public static InstanceMetadata Metadata(string id) => new()
    {
        InstanceId = id,
        InstanceType = "neutral",
        BackendType = "vllm",
        Ip = "10.0.0.1",
        IpKvs = "10.1.0.1",
        IpKvt = "10.2.0.1",
        ApiServerPort = 8000,
        LlumletPort = 9000,
        KvtPort = 9100,
        NodeId = "node-1",
        UnitId = "unit-1",
        DataParallelSize = 2,
        DpRank = 1,
        TensorParallelSize = 4,
        UtcCreate = 1_700_000_000.25,
        BlockSize = 16,
        MaxNumBatchedTokens = 8192,
    };

    /// <summary>Status of an idle instance.</summary>
    public static InstanceStatus Status(string id, int updateId = 1) => new()
    {
        InstanceId = id,
        Schedulable = true,
        TimestampMs = 1_700_000_000_000 + updateId,
        StepId = updateId,
        UpdateId = updateId,
        NumTotalGpuTokens = 100_000,
    };
}
