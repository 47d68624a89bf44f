using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Cms;

/// <summary>What the CMS holds of one instance id.</summary>
internal sealed class TrackedInstance(string id)
{
    /// <summary>The instance's id by its keys.</summary>
    public string Id { get; } = id;

    /// <summary>Whether the last completed poll had it in.</summary>
    public bool IsIn { get; set; }

    /// <summary>Its metadata key.</summary>
    public TrackedValue<InstanceMetadata> Metadata { get; } = new(CmsKeys.Metadata(id), MetadataValue.Read);

    /// <summary>Its status key.</summary>
    public TrackedValue<InstanceStatus> Status { get; } = new(CmsKeys.Status(id), StatusValue.Read);
}
