using Llumnix.Testing.Servers;

namespace Llumnix.Adapters.Tests.Servers;

/// <summary>A cluster of one member for the tests of a class, emptied by each.</summary>
public sealed class EtcdServerFixture : IAsyncLifetime
{
    internal EtcdServers Servers { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Servers = await EtcdServers.StartAsync(count: 1);

    public ValueTask DisposeAsync() => Servers.DisposeAsync();
}
