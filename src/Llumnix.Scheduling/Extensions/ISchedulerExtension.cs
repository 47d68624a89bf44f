namespace Llumnix.Scheduling.Extensions;

/// <summary>
/// What an assembly adds to a scheduler. A scheduler that is given the assembly makes one object of each public type that implements it, with the
/// constructor without parameters, and calls it at the start, where it may do so more than once, each time with another object and another set.
/// </summary>
public interface ISchedulerExtension
{
    /// <summary>Adds metrics and policies.</summary>
    /// <param name="extensions">Receives them. What is added to it after the call has no effect.</param>
    void Register(SchedulerExtensions extensions);
}
