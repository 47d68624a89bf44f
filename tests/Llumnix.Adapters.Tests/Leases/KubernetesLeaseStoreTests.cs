using k8s;
using Llumnix.Adapters.Leases;

namespace Llumnix.Adapters.Tests.Leases;

public sealed class KubernetesLeaseStoreTests(KubernetesFixture fixture) : LeaseStoreContractTests, IClassFixture<KubernetesFixture>
{
    internal override Task<ILeaseStore> MakeAsync() => Task.FromResult<ILeaseStore>(Make(fixture.Server.Url));

    internal override ILeaseStore MakeUnreachable() => Make("http://127.0.0.1:1");

    internal override Task DeleteAsync(string lease)
    {
        fixture.Server.Leases.Delete(lease);
        return Task.CompletedTask;
    }

    private static KubernetesLeaseStore Make(string url) => new(
        new KubernetesLeaseOptions { Timeout = TimeSpan.FromSeconds(10) },
        TimeProvider.System,
        () => new KubernetesClientConfiguration { Host = url, Namespace = "llm" });
}
