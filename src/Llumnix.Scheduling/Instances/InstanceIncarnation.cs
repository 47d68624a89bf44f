namespace Llumnix.Scheduling.Instances;

/// <summary>
/// Key of one engine process of an instance. What is remembered about a process (failed calls, a recent migration) is stored under this key, so that a
/// successor with the same id but another creation time or address starts afresh.
/// </summary>
/// <param name="InstanceId">The CMS instance id.</param>
/// <param name="UtcCreate">When the process was created, seconds since the Unix epoch; 0 when not reported.</param>
/// <param name="Host">Its host, normalized by <see cref="HostAddress"/>.</param>
/// <param name="ApiServerPort">Port of its API server.</param>
/// <param name="LlumletPort">Port of its llumlet.</param>
public readonly record struct InstanceIncarnation(string InstanceId, double UtcCreate, string Host, int ApiServerPort, int LlumletPort);
