using Google.Protobuf;
using StackExchange.Redis;
using InstanceMetadata = Llumnix.Protocol.Cms.InstanceMetadata;
using InstanceStatus = Llumnix.Protocol.Cms.InstanceStatus;

namespace Llumnix.Testing.Cms;

/// <summary>Writes into the CMS as llumlets do.</summary>
public sealed class CmsWriter(IDatabase database)
{
    /// <summary>The key of an instance's metadata.</summary>
    public static string MetadataKey(string id) => "llumnix:instance_metadata:" + id;

    /// <summary>The key of an instance's status.</summary>
    public static string StatusKey(string id) => "llumnix:instance_status:" + id;

    /// <summary>Writes both keys of a plausible instance.</summary>
    public async Task PutAsync(string id)
    {
        await PutAsync(CmsMessages.Metadata(id));
        await PutAsync(CmsMessages.Status(id));
    }

    /// <summary>Writes an instance's metadata.</summary>
    public Task PutAsync(InstanceMetadata metadata) => PutMetadataAsync(metadata.InstanceId, metadata.ToByteArray());

    /// <summary>Writes an instance's status.</summary>
    public Task PutAsync(InstanceStatus status) => PutStatusAsync(status.InstanceId, status.ToByteArray());

    /// <summary>Writes any bytes as an instance's metadata.</summary>
    public Task PutMetadataAsync(string id, byte[] value) => database.StringSetAsync(MetadataKey(id), value);

    /// <summary>Writes any bytes as an instance's status.</summary>
    public Task PutStatusAsync(string id, byte[] value) => database.StringSetAsync(StatusKey(id), value);

    /// <summary>Deletes both keys, as a llumlet does at its clean end.</summary>
    public Task DeleteAsync(string id) => database.KeyDeleteAsync([MetadataKey(id), StatusKey(id)]);
}
