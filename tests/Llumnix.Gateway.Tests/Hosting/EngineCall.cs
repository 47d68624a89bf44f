namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>What an engine was sent.</summary>
internal sealed record EngineCall(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);
