namespace Llumnix.Gateway.Placement.PowerOfTwo;

/// <summary>A request's use of an engine that the gateway chose itself.</summary>
internal sealed class PowerOfTwoLease : PlacementLease
{
    private readonly EngineLoads _loads;

    internal PowerOfTwoLease(EngineLoads loads, EngineTarget target)
        : base(target)
    {
        _loads = loads;
        loads.Begin(target);
    }

    /// <inheritdoc/>
    protected override ValueTask ReleaseAsync()
    {
        _loads.End(Target);
        return ValueTask.CompletedTask;
    }
}
