using Llumnix.Testing.Kubernetes;

namespace Llumnix.Adapters.Tests.Leases;

/// <summary>One fake API server for the tests of a class.</summary>
public sealed class KubernetesFixture : IAsyncLifetime
{
    internal FakeKubernetes Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await FakeKubernetes.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
