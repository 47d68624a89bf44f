using Llumnix.Adapters.Etcd;
using Llumnix.Adapters.Leases;
using Llumnix.Adapters.Tests.Servers;

namespace Llumnix.Adapters.Tests.Leases;

public sealed class EtcdLeaseStoreTests(EtcdServerFixture fixture) : LeaseStoreContractTests, IClassFixture<EtcdServerFixture>
{
    internal override Task<ILeaseStore> MakeAsync() => Task.FromResult<ILeaseStore>(Make(fixture.Servers.Endpoints));

    internal override ILeaseStore MakeUnreachable() => Make(["127.0.0.1:1"]);

    internal override Task DeleteAsync(string lease) => fixture.Servers.Client.DeleteAsync($"/llumnix/lease/{lease}");

    private static EtcdLeaseStore Make(IReadOnlyList<string> endpoints) =>
        new EtcdLeaseStore(new EtcdOptions { Endpoints = endpoints }, TimeProvider.System);
}
