using Llumnix.Adapters.Embedding;
using Llumnix.Scheduling.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Llumnix.Yarp.Tests;

public sealed class ClusterSchedulerTests
{
    // Nothing listens there: the load is what was placed.
    private readonly DestinationState _a = Destination("a", "http://127.0.0.1:1/");
    private readonly DestinationState _b = Destination("b", "http://localhost:2/path");
    private readonly DestinationState _c = Destination("c", "http://[0:0:0:0:0:0:0:1]:3");

    [Fact]
    public async Task TryPlace_DestinationIsNotAvailable_GetsNothing()
    {
        await using ClusterScheduler scheduler = Make(_a, _b, _c);
        var chosen = new HashSet<string>();
        for (int i = 0; i < 20; i++)
        {
            Assert.True(scheduler.TryPlace(100, [_b, _c], out DestinationState? destination, out _));
            chosen.Add(destination.DestinationId);
        }

        Assert.Equal(["b", "c"], chosen.Order());
    }

    [Fact]
    public async Task TryPlace_AllAvailable_EachGetsAShare()
    {
        await using ClusterScheduler scheduler = Make(_a, _b, _c);
        var chosen = new List<string>();
        for (int i = 0; i < 6; i++)
        {
            Assert.True(scheduler.TryPlace(100, [_a, _b, _c], out DestinationState? destination, out _));
            chosen.Add(destination.DestinationId);
        }

        Assert.Equal(["a", "a", "b", "b", "c", "c"], chosen.Order());
    }

    [Fact]
    public async Task TryPlace_OnlyUnknownDestinations_IsNotPlacedAndCountsNowhere()
    {
        await using ClusterScheduler scheduler = Make(_a, _b);
        Assert.False(scheduler.TryPlace(100, [_c], out _, out _));
        Assert.Equal(0, scheduler.Snapshot().LedgerEntries);
    }

    [Fact]
    public async Task SetDestinations_AddressesThatAreNone_AreLeftOut()
    {
        await using ClusterScheduler scheduler = Make(_a, Destination("x", "not an address"), Destination("y", "mailto:someone"), Destination("again", "http://127.0.0.1:1/other"));
        Assert.Equal("a", Assert.Single(scheduler.Snapshot().Instances).Metadata.InstanceId);
    }

    private static ClusterScheduler Make(params DestinationState[] destinations)
    {
        var scheduler = new ClusterScheduler(new EmbeddedScheduler(
            new EmbeddedSchedulerOptions { Seed = 1 }, new SchedulerExtensions().FullMode, TimeProvider.System, NullLoggerFactory.Instance));
        scheduler.SetDestinations(destinations);
        return scheduler;
    }

    private static DestinationState Destination(string id, string address) => new(id, new DestinationModel(new DestinationConfig { Address = address }));
}
