namespace Llumnix.EngineEmulator.Engines;

/// <summary>Where an engine's KV is to be had.</summary>
/// <param name="InstanceId">The CMS instance id.</param>
/// <param name="Host">Its address for KV transfers.</param>
/// <param name="Port">Its port for KV transfers.</param>
internal sealed record EngineAddress(string InstanceId, string Host, int Port);
