namespace Llumnix.Scheduling.Instances;

/// <summary>
/// One process of an instance. What is learned of a process (that its calls fail, that it has just taken part in a migration) goes by this key,
/// so that its successor under the same id, created later or at another address, starts afresh.
/// </summary>
/// <param name="InstanceId">The CMS instance id.</param>
/// <param name="UtcCreate">When the process was created, seconds since the Unix epoch; 0 when it does not say.</param>
/// <param name="Host">Its host as hosts are compared.</param>
/// <param name="ApiServerPort">Port of its API server.</param>
/// <param name="LlumletPort">Port of its llumlet.</param>
public readonly record struct InstanceIncarnation(string InstanceId, double UtcCreate, string Host, int ApiServerPort, int LlumletPort);
