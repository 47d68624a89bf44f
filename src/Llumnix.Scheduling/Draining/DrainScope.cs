namespace Llumnix.Scheduling.Draining;

/// <summary>What a drain selects instances by.</summary>
public enum DrainScope : byte
{
    /// <summary>One engine process: the one that the instance has when the drain is ordered. A successor with the same id is not drained.</summary>
    Instance,

    /// <summary>All instances of a node, also those that come later.</summary>
    Node,

    /// <summary>All instances of a unit, also those that come later. Full mode only: discovery does not tell units.</summary>
    Unit,

    /// <summary>All instances with a label, also those that come later. Only discovery over pods of Kubernetes tells labels.</summary>
    Label,

    /// <summary>Instances that their platform is about to end, such as a pod that is being deleted. Nobody orders this drain, and nobody can undo it.</summary>
    Terminating,
}
