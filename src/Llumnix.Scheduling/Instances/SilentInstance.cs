namespace Llumnix.Scheduling.Instances;

/// <summary>An instance whose status has stopped, as it was found. Immutable.</summary>
public sealed class SilentInstance
{
    internal SilentInstance(FullModeInstance instance) => (Instance, LastAdvance, Address) = (instance, instance.LastAdvance, instance.Address);

    /// <summary>Who it is and where it listens.</summary>
    public InstanceAddress Address { get; }

    internal FullModeInstance Instance { get; }

    /// <summary>Monotonic timestamp at which its status changed last.</summary>
    internal long LastAdvance { get; }
}
