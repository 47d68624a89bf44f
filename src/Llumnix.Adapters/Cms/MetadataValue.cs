using Google.Protobuf;
using Llumnix.Scheduling.Instances;
using Message = Llumnix.Protocol.Cms.InstanceMetadata;

namespace Llumnix.Adapters.Cms;

/// <summary>The value of a metadata key.</summary>
internal static class MetadataValue
{
    private static readonly MessageParser<Message> Parser = Message.Parser.WithDiscardUnknownFields(true);

    /// <inheritdoc cref="ValueReader{T}"/>
    public static CmsSkipReason? Read(ReadOnlySpan<byte> bytes, string instanceId, WriteTime written, out InstanceMetadata? value)
    {
        value = null;
        CmsSkipReason? reason = MessageValue.Parse(Parser, bytes, out Message? message);
        if (reason is not null)
        {
            return reason;
        }

        reason = Check(message!, instanceId, out InferType inferType);
        value = reason is null ? Map(message!, instanceId, inferType) : null;
        return reason;
    }

    private static CmsSkipReason? Check(Message message, string instanceId, out InferType inferType)
    {
        bool known = InferTypeNames.TryParse(message.InstanceType, out inferType);
        return MessageValue.CheckInstanceId(message.InstanceId, instanceId)
            ?? (!known ? CmsSkipReason.UnknownInstanceType
            : message.Ip.Length == 0 ? CmsSkipReason.MissingIp
            : message.ApiServerPort is < 1 or > 65535 ? CmsSkipReason.MissingPort
            : null);
    }

    private static InstanceMetadata Map(Message message, string instanceId, InferType inferType) => new()
    {
        InstanceId = instanceId,
        InferType = inferType,
        BackendType = message.BackendType,
        Ip = message.Ip,
        ApiServerPort = message.ApiServerPort,
        IpKvs = message.IpKvs,
        IpKvt = message.IpKvt,
        KvtPort = message.KvtPort,
        LlumletPort = message.LlumletPort,
        NodeId = message.NodeId,
        UnitId = message.UnitId,
        DataParallelSize = message.DataParallelSize,
        DataParallelRank = message.DpRank,
        TensorParallelSize = message.TensorParallelSize,
        UtcCreate = message.UtcCreate,
        BlockSize = message.BlockSize,
        MaxNumBatchedTokens = message.MaxNumBatchedTokens,
        NamesRequests = !message.NamesNoRequests,
    };
}
