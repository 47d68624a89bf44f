using Llumnix.Scheduling.Collections;

namespace Llumnix.Scheduling.Instances;

/// <summary>A lite-mode instance: found by discovery, its load is what gateways have been told and have reported.</summary>
public sealed class LiteModeInstance : Instance
{
    private IndexList _states;

    /// <summary>Makes an instance as it was found.</summary>
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

    /// <summary>What discovery says of it.</summary>
    public DiscoveredInstance Description { get; private set; }

    /// <summary>The highest version that discovery has said; only one above it is a restart.</summary>
    internal long HighestVersion { get; }

    /// <summary>The request states that it holds.</summary>
    public TrackedLoad Tracked { get; internal set; }

    /// <summary>Those request states, in a list that their table owns.</summary>
    internal ref IndexList States => ref _states;

    /// <summary>Takes over what discovery says anew.</summary>
    internal void Describe(DiscoveredInstance description, InstanceAddress address) => (Description, Address) = (description, address);

    /// <summary>What answers tell of an instance with this description.</summary>
    internal static InstanceAddress AddressOf(DiscoveredInstance description) => new()
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
