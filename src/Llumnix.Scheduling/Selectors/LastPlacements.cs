using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Selectors;

/// <summary>The policy state of the last placement of each role.</summary>
public sealed class LastPlacements<TInstance> : PolicyState<TInstance>
    where TInstance : Instance
{
    private readonly TInstance?[] _last = new TInstance?[3];

    /// <summary>The instance of the role's last placement, which may have left since; null before the first one.</summary>
    public TInstance? Of(InferType role) => _last[(int)role];

    /// <inheritdoc/>
    public override void OnPlaced(TInstance instance, InferType role, in RequestFacts request, bool isLate) => _last[(int)role] = instance;
}
