namespace Llumnix.Adapters.EngineSignals;

/// <summary>An engine to be read.</summary>
/// <param name="Id">Its id, unique among the engines of a scraper.</param>
/// <param name="Address">Scheme, host and port: <c>http</c> or <c>https</c>, without user, path or query.</param>
/// <param name="KvCapacityTokens">KV capacity of each rank in tokens, in place of what the engine says; null for the engine's.</param>
public sealed record EngineTarget(string Id, Uri Address, long? KvCapacityTokens = null);
