using Llumnix.Scheduling.Instances;

namespace Llumnix.Gateway.Placement.PowerOfTwo;

/// <summary>What an engine is recognized by: schedulers and discovery may give it different ids.</summary>
/// <param name="Host">Its host, in the form in which hosts are compared.</param>
/// <param name="Port">The port of its API server.</param>
/// <param name="DataParallelRank">Its data-parallel rank.</param>
internal readonly record struct EngineKey(string Host, int Port, int DataParallelRank)
{
    internal static EngineKey Of(EngineTarget engine) => new(HostAddress.Normalize(engine.Host), engine.Port, engine.DataParallelRank);
}
