using Google.Protobuf;
using Llumnix.Adapters.Cms;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Cms;
using Message = Llumnix.Protocol.Cms.InstanceMetadata;

namespace Llumnix.Adapters.Tests.Cms;

public sealed class MetadataValueTests
{
    public static readonly TheoryData<string, Action<Message>> Unusable = new()
    {
        { nameof(CmsSkipReason.MismatchedInstanceId), message => message.InstanceId = "b" },
        { nameof(CmsSkipReason.UnknownInstanceType), message => message.InstanceType = "Prefill" },
        { nameof(CmsSkipReason.UnknownInstanceType), message => message.InstanceType = "" },
        { nameof(CmsSkipReason.MissingIp), message => message.Ip = "" },
        { nameof(CmsSkipReason.MissingPort), message => message.ApiServerPort = 0 },
        { nameof(CmsSkipReason.MissingPort), message => message.ApiServerPort = -1 },
        { nameof(CmsSkipReason.MissingPort), message => message.ApiServerPort = 65536 },
    };

    /// <summary>What <see cref="CmsMessages.Metadata"/> is read as.</summary>
    internal static InstanceMetadata Plausible(string id) => new()
    {
        InstanceId = id,
        InferType = InferType.Neutral,
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
        DataParallelRank = 1,
        TensorParallelSize = 4,
        UtcCreate = 1_700_000_000.25,
        BlockSize = 16,
        MaxNumBatchedTokens = 8192,
    };

    [Fact]
    public void Read_PlausibleMessage_MapsEveryField()
    {
        Assert.Null(MetadataValue.Read(CmsMessages.Metadata("a").ToByteArray(), "a", default, out InstanceMetadata? metadata));

        Assert.Equal(Plausible("a"), metadata);
    }

    [Theory]
    [MemberData(nameof(Unusable))]
    public void Read_UnusableMessage_TellsTheReason(string reason, Action<Message> spoil)
    {
        Message message = CmsMessages.Metadata("a");
        spoil(message);

        Assert.Equal(Enum.Parse<CmsSkipReason>(reason), MetadataValue.Read(message.ToByteArray(), "a", default, out InstanceMetadata? metadata));
        Assert.Null(metadata);
    }

    [Fact]
    public void Read_MessageWithoutId_TakesTheKeysId()
    {
        Message message = CmsMessages.Metadata("");

        Assert.Null(MetadataValue.Read(message.ToByteArray(), "a", default, out InstanceMetadata? metadata));
        Assert.Equal("a", metadata!.InstanceId);
    }
}
