using Llumnix.Scheduling.Collections;

namespace Llumnix.Scheduling.Instances;

/// <summary>A lite-mode instance: its description from discovery, and its tracked load.</summary>
public sealed class LiteModeInstance : Instance
{
    private IndexList _states;

    /// <summary>Makes an instance from its first description.</summary>
    public LiteModeInstance(DiscoveredInstance description)
        : base(AddressOf(description))
    {
        Description = description;
        HighestVersion = description.Version;
    }

    /// <inheritdoc/>
    public override string Id => Description.Id;

    /// <inheritdoc/>
    public override InferType InferType => Description.InferType;

    /// <summary>Its newest description from discovery.</summary>
    public DiscoveredInstance Description { get; private set; }

    /// <summary>The highest version from discovery so far; only a version above it is a restart.</summary>
    internal long HighestVersion { get; }

    /// <summary>Sums over its request states.</summary>
    public TrackedLoad Tracked { get; internal set; }

    /// <summary>Its request states, in a list that the request state table owns.</summary>
    internal ref IndexList States => ref _states;

    /// <summary>Takes over a new description.</summary>
    internal void Describe(DiscoveredInstance description, InstanceAddress address) => (Description, Address) = (description, address);

    /// <summary>The address in answers of an instance with this description.</summary>
    public static InstanceAddress AddressOf(DiscoveredInstance description) => new()
    {
        InstanceId = description.Id,
        WireId = description.Id,
        Host = description.Host,
        Port = description.Port,
        AuxIp = description.AuxIp,
        AuxPort = description.AuxPort,
        DataParallelRank = description.DataParallelRank,
        DataParallelSize = description.DataParallelSize,
        Model = description.Model,
        Version = description.Version,
    };
}
