namespace Llumnix.EngineEmulator;

/// <summary>The engines of a host, by port and by id. Each data-parallel rank is one.</summary>
internal sealed class EngineRegistry
{
    private volatile HostedEngine[] _engines = [];

    public IReadOnlyList<HostedEngine> Engines => _engines;

    public void Add(HostedEngine engine) => _engines = [.. _engines, engine];

    /// <summary>The data-parallel ranks behind an API port, in their order; empty for no engine.</summary>
    public HostedEngine[] RanksAt(int port) => Array.FindAll(_engines, engine => engine.Port == port);

    public HostedEngine? ByPort(int port) => Array.Find(_engines, engine => engine.Port == port);

    public HostedEngine? ByLlumletPort(int port) => Array.Find(_engines, engine => engine.Metadata.LlumletPort == port);

    public HostedEngine? ByKvtAddress(string host, int port) =>
        Array.Find(_engines, engine => engine.Metadata.KvtPort == port && engine.Metadata.IpKvt == host);

    public HostedEngine? ById(string instanceId) => Array.Find(_engines, engine => engine.InstanceId == instanceId);
}
