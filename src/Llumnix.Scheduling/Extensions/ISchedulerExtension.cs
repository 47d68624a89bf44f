namespace Llumnix.Scheduling.Extensions;

/// <summary>
/// What an assembly adds to a scheduler. A scheduler that is given the assembly makes one object of each public type that implements it, with the
/// constructor without parameters, and calls it once at the start.
/// </summary>
public interface ISchedulerExtension
{
    /// <summary>Adds metrics and policies.</summary>
    /// <param name="extensions">Receives them. What is added to it after the call has no effect.</param>
    void Register(SchedulerExtensions extensions);
}
