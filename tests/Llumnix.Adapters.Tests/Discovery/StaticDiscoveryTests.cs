using System.Net;
using Llumnix.Adapters.Discovery;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Instances;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class StaticDiscoveryTests
{
    [Fact]
    public async Task Run_Endpoints_AreNeutralInstancesOnce()
    {
        await using var run = RunOf(new DnsEndPoint("a", 80), new DnsEndPoint("b", 8000), new DnsEndPoint("a", 80));

        Assert.Equal(1, run.Sink.Synchronizations);
        Assert.Equal(["neutral-a:80", "neutral-b:8000"], run.Sink.Instances.Keys);
        var expected = new DiscoveredInstance
        {
            Id = "neutral-b:8000",
            InferType = InferType.Neutral,
            Host = "b",
            Port = 8000,
            AuxIp = "b",
            AuxPort = 28000,
        };
        Assert.Equal(expected, run.Sink.Instances["neutral-b:8000"]);
        Assert.Equal((true, true, null), (run.Source.State.Available, run.Source.State.FirstListLoaded, run.Source.State.LastError));
    }

    [Theory]
    [InlineData(45535, 65535)]
    [InlineData(45536, 0)]
    [InlineData(65535, 0)]
    public async Task Run_HighPort_HasAuxPortOnlyIfThereIsOne(int port, int auxPort)
    {
        await using var run = RunOf(new DnsEndPoint("a", port));

        Assert.Equal(auxPort, run.Sink.Instances.Values.Single().AuxPort);
    }

    [Fact]
    public void Constructor_PortZero_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new StaticDiscovery([new DnsEndPoint("a", 0)], new RecordingDiscoverySink(), TimeProvider.System));

    private static DiscoveryRun<StaticDiscovery> RunOf(params DnsEndPoint[] endpoints) =>
        new((sink, clock, _, _) => new StaticDiscovery(endpoints, sink, clock));
}
