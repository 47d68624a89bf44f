namespace Llumnix.Scheduling.Instances;

/// <summary>An engine instance as the scheduler sees it. Mutable state, guarded by the scheduler's lock.</summary>
public abstract class Instance
{
    private protected Instance(InstanceAddress address) => Address = address;

    /// <summary>The instance's unique id.</summary>
    public abstract string Id { get; }

    /// <summary>The instance's identity and endpoints for answers.</summary>
    public InstanceAddress Address { get; private protected set; }

    /// <summary>What the instance is deployed to do.</summary>
    public abstract InferType InferType { get; }

    /// <summary>Position in the view's arrays; -1 while the instance is not in the view.</summary>
    public int Slot { get; internal set; } = -1;

    /// <summary>The class of profiling tables that predicts its latencies; null where none are predicted.</summary>
    public virtual string? LatencyClass => null;

    /// <summary>Whether it gets no new requests because it is to be taken away.</summary>
    public bool IsDraining { get; internal set; }
}
