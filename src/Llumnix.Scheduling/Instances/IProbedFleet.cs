namespace Llumnix.Scheduling.Instances;

/// <summary>Port: the instances whose statuses have stopped, to be probed at their addresses. Thread-safe.</summary>
public interface IProbedFleet
{
    /// <summary>
    /// The instances whose status has not changed for a time and that are not out for another reason than that they are unreachable.
    /// </summary>
    /// <param name="silence">The time, at least zero.</param>
    IReadOnlyList<SilentInstance> FindSilent(TimeSpan silence);

    /// <summary>
    /// Takes over what a probe found. It changes nothing when the instance's status has changed since <see cref="FindSilent"/>, or the instance has left.
    /// </summary>
    /// <param name="instance">What was probed.</param>
    /// <param name="isReachable">Whether something answers at the address.</param>
    void TakeProbe(SilentInstance instance, bool isReachable);
}
