using Llumnix.Adapters.Leases;
using Llumnix.Adapters.Redis;
using Llumnix.Adapters.Secrets;
using Llumnix.Adapters.Tests.Redis;
using Llumnix.Adapters.Tests.Servers;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Leases;

public sealed class RedisLeaseStoreTests(RedisServerFixture fixture) : LeaseStoreContractTests, IClassFixture<RedisServerFixture>
{
    [Fact]
    public async Task Calls_UserWithTheDocumentedRights_Work()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using ConnectionMultiplexer connection = await fixture.Server.ConnectAsync();
        await RightsInRedis.GiveAsync(connection, "leases", "secret", RedisLeaseStore.Rights);
        await using var store = new RedisLeaseStore(
            new RedisOptions { Host = fixture.Server.Host, Port = fixture.Server.Port, User = "leases", Password = new Secret("secret") }, TimeProvider.System);

        LeaseRecord record = await store.AcquireAsync(Lease, new LeaseCandidate("a", ""), TimeSpan.FromMinutes(1), 0, cancel);
        await store.AcquireAsync(Lease, new LeaseCandidate("a", ""), TimeSpan.FromMinutes(1), 0, cancel);
        Assert.True(await store.WriteValueAsync(Lease, "drains", "v"u8.ToArray(), record.Epoch, cancel));
        Assert.NotNull(await store.ReadValueAsync(Lease, "drains", cancel));
        await store.ReleaseAsync(Lease, "a", cancel);

        Assert.False((await store.ReadAsync(Lease, cancel))!.IsHeld);
    }

    [Fact]
    public async Task Read_KeyOfSomethingElse_Fails()
    {
        await fixture.Database.StringSetAsync($"llumnix:lease:{Lease}", "something", TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<LeaseStoreException>(() => Store.ReadAsync(Lease, TestContext.Current.CancellationToken));
    }

    internal override Task<ILeaseStore> MakeAsync() => Task.FromResult<ILeaseStore>(Make(fixture.Server.Port));

    internal override ILeaseStore MakeUnreachable() => Make(1);

    internal override Task DeleteAsync(string lease) => fixture.Database.KeyDeleteAsync($"llumnix:lease:{lease}");

    private RedisLeaseStore Make(int port) => new(new RedisOptions { Host = fixture.Server.Host, Port = port }, TimeProvider.System);
}
