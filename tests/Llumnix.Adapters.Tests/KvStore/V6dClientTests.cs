using System.Net;
using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.KvStore;

/// <summary>Against a real Redis Cluster of three nodes.</summary>
public sealed class V6dClientTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly List<RedisServer> _nodes = [];
    private readonly List<ConnectionMultiplexer> _connections = [];

    public async ValueTask InitializeAsync()
    {
        for (int i = 0; i < 3; i++)
        {
            RedisServer node = await RedisServer.StartAsync(new RedisServerOptions
            {
                Arguments = ["--cluster-enabled", "yes", "--cluster-config-file", $"nodes-{i}.conf", "--cluster-node-timeout", "2000"],
            });
            _nodes.Add(node);
            _connections.Add(await ConnectionMultiplexer.ConnectAsync($"{node.Host}:{node.Port},allowAdmin=true,abortConnect=true"));
        }

        int[] starts = [0, 5461, 10923, 16384];
        for (int i = 0; i < 3; i++)
        {
            await ServerOf(i).ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", starts[i], starts[i + 1] - 1);
            await ServerOf(i).ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
            if (i > 0)
            {
                await ServerOf(0).ExecuteAsync("CLUSTER", "MEET", _nodes[i].Host, _nodes[i].Port);
            }
        }

        for (int i = 0; i < 3; i++)
        {
            await UntilClusterIsUpAsync(i);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ConnectionMultiplexer connection in _connections)
        {
            await connection.DisposeAsync();
        }

        foreach (RedisServer node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Query_KeysOnDifferentNodes_TheHostsOfEach()
    {
        await using (ConnectionMultiplexer cluster = await ConnectionMultiplexer.ConnectAsync($"{_nodes[0].Host}:{_nodes[0].Port}"))
        {
            for (int i = 0; i < 30; i++)
            {
                await cluster.GetDatabase().SortedSetAddAsync($"iris.block.hash.key.{i}", [new($"10.0.0.{i}:5", 1), new("10.1.0.1:6", 2), new("10.1.0.1:7", 3)]);
            }
        }

        await using V6dClient client = Client();
        string[] keys = [.. Enumerable.Range(0, 31).Select(i => $"iris.block.hash.key.{i}")];
        IReadOnlyList<IReadOnlyList<string>> holders = await client.QueryAsync(keys, Cancellation);
        for (int i = 0; i < 30; i++)
        {
            Assert.Equal([$"10.0.0.{i}", "10.1.0.1"], holders[i]);
        }

        Assert.Empty(holders[30]);
    }

    [Fact]
    public async Task Query_ClusterGone_IsTheServicesFailure()
    {
        await using V6dClient client = Client();
        foreach (RedisServer node in _nodes)
        {
            await node.KillAsync();
        }

        await Assert.ThrowsAsync<KvMetadataException>(() => client.QueryAsync(["k"], Cancellation));
    }

    private V6dClient Client() => new(new V6dOptions { Nodes = [.. _nodes.Select(node => new DnsEndPoint(node.Host, node.Port))] });

    private IServer ServerOf(int node) => _connections[node].GetServer(_nodes[node].Host, _nodes[node].Port);

    private Task UntilClusterIsUpAsync(int node) => Eventually.TrueAsync(async () =>
    {
        string info = ((string?)await ServerOf(node).ExecuteAsync("CLUSTER", "INFO"))!;
        return info.Contains("cluster_state:ok\r\ncluster_slots_assigned:16384", StringComparison.Ordinal)
            && info.Contains("cluster_known_nodes:3", StringComparison.Ordinal);
    });
}
