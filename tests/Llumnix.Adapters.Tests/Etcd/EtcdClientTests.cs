using System.Text;
using Llumnix.Adapters.Etcd;
using Llumnix.Adapters.Secrets;
using Llumnix.Adapters.Tests.Servers;
using Llumnix.Protocol.Etcd;

namespace Llumnix.Adapters.Tests.Etcd;

public sealed class EtcdClientTests(EtcdServerFixture fixture) : IClassFixture<EtcdServerFixture>
{
    private readonly EtcdOptions _options = new() { Endpoints = fixture.Servers.Endpoints };
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lease_GrantedKeptAndRevoked_TakesItsKeysAlong()
    {
        using var client = new EtcdClient(_options, TimeProvider.System);
        long lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(30), _cancel);
        await client.PutAsync("lease/a", "v"u8.ToArray(), lease, _cancel);
        Assert.Equal("v", await ReadAsync("lease/a"));
        Assert.Equal(TimeSpan.FromSeconds(30), await client.KeepLeaseAliveAsync(lease, _cancel));

        await client.RevokeLeaseAsync(lease, _cancel);
        Assert.Null(await ReadAsync("lease/a"));
        Assert.Equal(TimeSpan.Zero, await client.KeepLeaseAliveAsync(lease, _cancel));
        await client.RevokeLeaseAsync(lease, _cancel);

        var error = await Assert.ThrowsAsync<EtcdException>(() => client.PutAsync("lease/a", default, lease, _cancel));
        Assert.True(error.IsRefusal);
        Assert.EndsWith("requested lease not found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeleteAsync_Key_IsGone()
    {
        using var client = new EtcdClient(_options, TimeProvider.System);
        await client.PutAsync("delete/a", "v"u8.ToArray(), 0, _cancel);

        await client.DeleteAsync("delete/a", _cancel);
        await client.DeleteAsync("delete/a", _cancel);

        Assert.Null(await ReadAsync("delete/a"));
    }

    [Fact]
    public async Task AnyCall_NoMemberThere_NamesEachAndWhy()
    {
        using var client = new EtcdClient(_options with { Endpoints = ["127.0.0.1:1", "127.0.0.1:2"] }, TimeProvider.System);

        var error = await Assert.ThrowsAsync<EtcdException>(() => client.DeleteAsync("a", _cancel));

        Assert.Equal("127.0.0.1:1: Connection refused; 127.0.0.1:2: Connection refused", error.Message);
    }

    [Fact]
    public async Task AnyCall_Cancelled_IsCancelled()
    {
        using var client = new EtcdClient(_options, TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.DeleteAsync("a", new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Watch_StartCompacted_TellsSo()
    {
        using var cluster = new EtcdCluster(_options, TimeProvider.System);
        long revision = await fixture.Servers.Client.PutAsync("watch/a", []);
        await fixture.Servers.Client.PutAsync("watch/a", []);
        await fixture.Servers.Client.CompactAsync(revision + 1);
        EtcdMember member = await cluster.SelectAsync(_cancel);

        var error = await Assert.ThrowsAsync<EtcdException>(async () =>
        {
            using EtcdWatch watch = await EtcdWatch.OpenAsync(cluster, member, new EtcdPrefix("watch/"), revision, _cancel);
            await watch.NextAsync(_cancel);
        });

        Assert.Contains("compacted up to", error.Message, StringComparison.Ordinal);
        Assert.Same(member, await cluster.SelectAsync(_cancel));
    }

    [Fact]
    public void OptionsToString_HasNoPassword() =>
        Assert.DoesNotContain(
            "s3cret",
            new EtcdOptions { User = "u", Password = new Secret("s3cret"), Endpoints = ["http://u:s3cret@etcd:2379"] }.ToString(),
            StringComparison.Ordinal);

    private async Task<string?> ReadAsync(string key)
    {
        using var cluster = new EtcdCluster(_options, TimeProvider.System);
        RangeResponse response = await cluster.CallAsync(
            (member, call) => member.Store.RangeAsync(new RangeRequest { Key = new EtcdPrefix(key).Start }, call).ResponseAsync, _cancel);
        return response.Kvs.Count == 0 ? null : Encoding.UTF8.GetString(response.Kvs[0].Value.Span);
    }
}
