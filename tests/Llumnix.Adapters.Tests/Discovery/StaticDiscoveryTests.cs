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
        await using var run = RunOf(new ListedEngine("a", 80), new ListedEngine("b", 8000), new ListedEngine("a", 80));

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
        await using var run = RunOf(new ListedEngine("a", port));

        Assert.Equal(auxPort, run.Sink.Instances.Values.Single().AuxPort);
    }

    [Fact]
    public void Describe_PortZero_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () => StaticDiscovery.Describe(new DnsEndPoint("a", 0), InferType.Neutral));

    [Fact]
    public async Task Run_NamesRolesAndModels_AreTold()
    {
        await using var run = RunOf(
            new ListedEngine("a", 80) { Name = "first", Role = InferType.Prefill, Model = "m" }, new ListedEngine("b", 80) { Role = InferType.Decode });

        Assert.Equal(["decode-b:80", "first"], run.Sink.Instances.Keys.Order(StringComparer.Ordinal));
        DiscoveredInstance first = run.Sink.Instances["first"];
        Assert.Equal((InferType.Prefill, "m", "a", 80, 20080), (first.InferType, first.Model, first.Host, first.Port, first.AuxPort));
    }

    private static DiscoveryRun<StaticDiscovery> RunOf(params ListedEngine[] engines) =>
        new((sink, clock, _, _) => new StaticDiscovery([.. engines.Select(static engine => engine.ToInstance(InferType.Neutral))], sink, clock));
}
