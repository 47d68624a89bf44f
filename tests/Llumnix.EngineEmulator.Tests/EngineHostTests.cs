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
