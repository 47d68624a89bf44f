using System.Net;
using System.Net.Sockets;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Tests;

public sealed class EngineHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_PortGiven_ListensThereUnderTheDefaultId()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();

        await using EngineHost host = await EngineHost.StartAsync(new EngineHostOptions { Engines = [new() { Port = port }] }, Cancellation);

        Assert.Equal((port, $"127.0.0.1_{port}"), (host.Engines[0].Port, host.Engines[0].InstanceId));
    }

    [Fact]
    public async Task StartAsync_PortInUse_Throws()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await Assert.ThrowsAsync<IOException>(() => EngineHost.StartAsync(new EngineHostOptions { Engines = [new(), new() { Port = port }] }, Cancellation));
    }

    [Fact]
    public async Task StartAsync_BadEngine_NamesIt()
    {
        var options = new EngineHostOptions { Engines = [new(), new() { Engine = new EngineConfiguration { BlockSize = 0 } }] };

        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(() => EngineHost.StartAsync(options, Cancellation));

        Assert.StartsWith("Engines[1]: BlockSize must be at least 1", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, 2, "LocalRanks must be at least 1")]
    [InlineData(0, 3, 2, "DataParallelRank and LocalRanks must fit into DataParallelSize")]
    [InlineData(1, 2, 2, "DataParallelRank and LocalRanks must fit into DataParallelSize")]
    [InlineData(int.MaxValue, 1, 2, "DataParallelRank and LocalRanks must fit into DataParallelSize")]
    [InlineData(-1, 1, 2, "DataParallelRank must be at least 0")]
    public void FindProblem_RanksThatDoNotFit_NamesThem(int first, int ranks, int all, string problem)
    {
        var options = new EngineHostOptions { Engines = [new() { DataParallelRank = first, LocalRanks = ranks, DataParallelSize = all }] };
        Assert.Equal("Engines[0]: " + problem, options.FindProblem());
    }

    /// <summary>What patched engines have, KV transfers and migration, works with the port of one rank.</summary>
    [Fact]
    public void FindProblem_RanksOfAPatchedEngine_AreRefused()
    {
        var ranks = new EmulatedEngineOptions { LocalRanks = 2, DataParallelSize = 2 };
        Assert.Null(new EngineHostOptions { Engines = [ranks] }.FindProblem());
        Assert.Equal("Engines[0]: LocalRanks must be 1 in a CMS", new EngineHostOptions { Engines = [ranks], CmsRedis = "127.0.0.1:1" }.FindProblem());
        Assert.Equal(
            "Engines[0]: LocalRanks must be 1 in an engine that is not neutral",
            new EngineHostOptions { Engines = [ranks with { Engine = new EngineConfiguration { InferType = InferType.Decode } }] }.FindProblem());
    }

    [Fact]
    public async Task Complete_SeveralRanks_TheNamedOneComputesOrTheLeastLoaded()
    {
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Neutral);
        await using EngineHost host = await EngineHost.StartAsync(
            options with { Engines = [options.Engines[0] with { LocalRanks = 3, DataParallelSize = 4, DataParallelRank = 1 }] }, Cancellation);
        Assert.Equal([1, 2, 3], host.Engines.Select(static rank => rank.Metadata.DataParallelRank));
        Assert.Single(host.Engines.Select(static rank => rank.Port).Distinct());
        Assert.Equal($"127.0.0.1_{host.Engines[0].Port}_dp3", host.Engines[2].InstanceId);
        using var client = new EngineClient(host.Engines[0]);
        var streams = new List<HttpResponseMessage>();
        foreach (string rank in (string[])["2", "2", "", "", "", ""])
        {
            (string, string)[] headers = rank.Length > 0 ? [("X-data-parallel-rank", rank)] : [];
            streams.Add(await client.SendAsync("/v1/completions", """{"prompt":"a","max_tokens":100000,"stream":true}""", $"id-{streams.Count}", headers));
            Assert.Equal(HttpStatusCode.OK, streams[^1].StatusCode);
        }

        Assert.Equal([2, 2, 2], host.Engines.Select(static rank => rank.AcceptedRequests));
        using HttpResponseMessage refused = await client.SendAsync("/v1/completions", """{"prompt":"a"}""", "other", ("X-data-parallel-rank", "0"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("X-data-parallel-rank names none of the 3 ranks here", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        streams.ForEach(static stream => stream.Dispose());
    }

    [Fact]
    public async Task Describe_Options_ShowInTheMetadata()
    {
        var engine = new EmulatedEngineOptions
        {
            Engine = new EngineConfiguration { InferType = InferType.Decode, BlockSize = 32, MaxBatchedTokens = 4096 },
            InstanceId = "mine", AdvertisedIp = "10.0.0.1", NodeId = "n", UnitId = "u", DataParallelSize = 4, DataParallelRank = 3,
        };
        await using EngineHost host = await EngineHost.StartAsync(new EngineHostOptions { Engines = [engine] }, Cancellation);

        InstanceMetadata metadata = host.Engines[0].Metadata;
        Assert.Equal(("mine", "10.0.0.1", "n", "u", 4, 3), (metadata.InstanceId, metadata.Ip, metadata.NodeId, metadata.UnitId, metadata.DataParallelSize, metadata.DataParallelRank));
        Assert.Equal((InferType.Decode, 32, 4096), (metadata.InferType, metadata.BlockSize, metadata.MaxNumBatchedTokens));
        Assert.Equal(("10.0.0.1", host.Engines[0].Port), (metadata.IpKvs, metadata.KvtPort));
        Assert.True(metadata.LlumletPort > 0 && metadata.LlumletPort != metadata.ApiServerPort);
        Assert.Equal("mine", host.Engines[0].Status().InstanceId);
    }

    [Fact]
    public async Task CrashAsync_RequestsUnderWay_BreakOffAndThePortGoesDead()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral, InferType.Neutral);
        using var client = new EngineClient(host.Engines[0]);
        using var other = new EngineClient(host.Engines[1]);
        using HttpResponseMessage response = await client.SendAsync("/v1/completions", """{"prompt":"a","max_tokens":900000,"stream":true}""");

        await host.Engines[0].CrashAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Cancellation));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync("/health"));
        Assert.NotNull(await other.PostAsync("/v1/completions", """{"prompt":"a","max_tokens":1}"""));
    }

    [Fact]
    public async Task DisposeAsync_Twice_IsHarmless()
    {
        EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        await host.DisposeAsync();
        await host.DisposeAsync();

        Assert.True(host.Engines[0].HasEnded);
    }
}
