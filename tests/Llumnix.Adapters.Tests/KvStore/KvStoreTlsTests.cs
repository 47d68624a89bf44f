using System.Net;
using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Testing.KvStore;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.KvStore;

/// <summary>Both KV stores behind TLS listeners.</summary>
public sealed class KvStoreTlsTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly TlsFiles _tls = new();

    public void Dispose() => _tls.Dispose();

    [Fact]
    public async Task Mooncake_ServersAuthorityIsTrusted_Answers()
    {
        await using FakeMooncakeMaster master = FakeMooncakeMaster.Start();
        await using var gate = new TlsGate(_tls, master.Port);
        master.Holders["k"] = ["10.0.0.7:1"];
        using var client = new MooncakeClient(new MooncakeOptions { Host = "127.0.0.1", Port = gate.Port, UseTls = true, CaFile = _tls.CaFile });

        Assert.Equal([["10.0.0.7"]], await client.QueryAsync(["k"], Cancellation));
    }

    [Fact]
    public async Task Mooncake_AuthorityIsUnknown_IsTheServicesFailure()
    {
        await using FakeMooncakeMaster master = FakeMooncakeMaster.Start();
        await using var gate = new TlsGate(_tls, master.Port);
        using var client = new MooncakeClient(new MooncakeOptions { Host = "127.0.0.1", Port = gate.Port, UseTls = true });

        var error = await Assert.ThrowsAsync<KvMetadataException>(() => client.QueryAsync(["k"], Cancellation));
        Assert.Contains("certificate", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(master.Targets, static target => target.Length > 0);
    }

    [Fact]
    public async Task Mooncake_CertificateOfAnotherHost_IsTheServicesFailure()
    {
        using var other = new TlsFiles(IPAddress.Parse("127.0.0.9"));
        await using FakeMooncakeMaster master = FakeMooncakeMaster.Start();
        await using var gate = new TlsGate(other, master.Port);
        using var client = new MooncakeClient(new MooncakeOptions { Host = "127.0.0.1", Port = gate.Port, UseTls = true, CaFile = other.CaFile });

        await Assert.ThrowsAsync<KvMetadataException>(() => client.QueryAsync(["k"], Cancellation));
    }

    [Fact]
    public async Task Mooncake_CaFileMissing_IsTheServicesFailureUntilItIsThere()
    {
        await using FakeMooncakeMaster master = FakeMooncakeMaster.Start();
        await using var gate = new TlsGate(_tls, master.Port);
        string caFile = _tls.CaFile + ".later";
        using var client = new MooncakeClient(new MooncakeOptions { Host = "127.0.0.1", Port = gate.Port, UseTls = true, CaFile = caFile });

        var error = await Assert.ThrowsAsync<KvMetadataException>(() => client.QueryAsync(["k"], Cancellation));
        Assert.Contains(caFile, error.Message, StringComparison.Ordinal);

        File.Copy(_tls.CaFile, caFile);
        Assert.Equal([[]], await client.QueryAsync(["k"], Cancellation));
    }

    [Fact]
    public async Task V6d_ServersAuthorityIsTrusted_Answers()
    {
        await using RedisServer node = await StartClusterAsync();
        await using (ConnectionMultiplexer connection = await node.ConnectAsync())
        {
            await connection.GetDatabase().SortedSetAddAsync("k", "10.0.0.7:5", 1);
        }

        await using var client = new V6dClient(OptionsFor(node) with { UseTls = true, CaFile = _tls.CaFile });

        Assert.Equal([["10.0.0.7"]], await client.QueryAsync(["k"], Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no-such-ca.pem")]
    public async Task V6d_AuthorityIsUnknown_IsTheServicesFailure(string caFile)
    {
        await using RedisServer node = await StartClusterAsync();
        await using var client = new V6dClient(OptionsFor(node) with { UseTls = true, CaFile = caFile });

        var error = await Assert.ThrowsAsync<KvMetadataException>(() => client.QueryAsync(["k"], Cancellation));
        Assert.Contains(caFile, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task V6d_SomebodyForgesReplies_ErrorSaysWhatItSent()
    {
        await using var server = new ForgingRedis { Forgery = "$2147483645\r\nxxx"u8.ToArray() };
        await using var client = new V6dClient(new V6dOptions { Nodes = [new DnsEndPoint("127.0.0.1", server.Port)] });

        var error = await Assert.ThrowsAsync<KvMetadataException>(() => client.QueryAsync(["k"], Cancellation));
        Assert.Contains("it sent a string of 2147483645 bytes", error.Message, StringComparison.Ordinal);
    }

    private static V6dOptions OptionsFor(RedisServer node) => new() { Nodes = [new DnsEndPoint(node.Host, node.Port)] };

    private async Task<RedisServer> StartClusterAsync()
    {
        RedisServer node = await RedisServer.StartAsync(new RedisServerOptions { Tls = _tls, Arguments = ["--cluster-enabled", "yes", "--tls-cluster", "yes"] });
        await using ConnectionMultiplexer connection = await node.ConnectAsync();
        await connection.GetServers()[0].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", 0, 16383);
        await Eventually.TrueAsync(async () =>
            ((string?)await connection.GetServers()[0].ExecuteAsync("CLUSTER", "INFO"))!.Contains("cluster_state:ok", StringComparison.Ordinal));
        return node;
    }
}
