namespace Llumnix.Scheduling.Draining;

/// <summary>What drains select an instance by.</summary>
/// <param name="Id">Its id.</param>
/// <param name="NodeId">Its node; empty when it is not known.</param>
/// <param name="UnitId">Its unit; empty when it is not known.</param>
/// <param name="Labels">Its labels: <c>key=value</c>, separated by commas.</param>
/// <param name="IsTerminating">Whether its platform is about to end it.</param>
/// <param name="Process">Its process.</param>
internal readonly record struct DrainSubject(
    string Id, string NodeId, string UnitId, string Labels, bool IsTerminating, EngineProcess Process);
