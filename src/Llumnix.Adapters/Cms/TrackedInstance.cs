using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Cms;

/// <summary>The two CMS keys of one instance id.</summary>
internal sealed class TrackedInstance(string id, TimeProvider time)
{
    /// <summary>The instance's id by its keys.</summary>
    public string Id { get; } = id;

    /// <summary>Whether the instance was in the view after the last completed poll.</summary>
    public bool IsIn { get; set; }

    /// <summary>Its metadata key.</summary>
    public TrackedValue<InstanceMetadata> Metadata { get; } = new(CmsKeys.Metadata(id), MetadataValue.Read, time);

    /// <summary>Its status key.</summary>
    public TrackedValue<InstanceStatus> Status { get; } = new(CmsKeys.Status(id), StatusValue.Read, time);
}
