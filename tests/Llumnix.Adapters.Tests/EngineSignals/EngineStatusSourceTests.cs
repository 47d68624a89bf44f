using Llumnix.Adapters.EngineSignals;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Instances;
using Llumnix.Testing.Polling;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Adapters.Tests.EngineSignals;

/// <summary>What discovery says becomes the metadata of full mode.</summary>
public sealed class EngineStatusSourceTests
{
    [Fact]
    public async Task Synchronize_NodeIsKnown_IsInTheMetadata()
    {
        var sink = new RecordingSink();
        await using var source = new EngineStatusSource(new EngineStatusOptions(), sink, TimeProvider.System, NullLoggerFactory.Instance);

        source.Synchronize([new DiscoveredInstance { Id = "a", InferType = InferType.Decode, Host = "127.0.0.1", Port = 1, NodeId = "node-1" }]);

        InstanceMetadata metadata = Assert.Single(sink.Readings).Value.Metadata;
        Assert.Equal(("a", "node-1", InferType.Decode), (metadata.InstanceId, metadata.NodeId, metadata.InferType));
    }

    /// <summary>A pod gets the address of an old one, or an engine is restarted: until its own first reading nothing is known of it.</summary>
    [Theory]
    [InlineData("b", 0)]
    [InlineData("a", 1)]
    public async Task Synchronize_AnotherEngineAtAnOldAddress_HasNotTheOldNumbers(string id, long version)
    {
        await using var engine = new LoadedEngine();
        var sink = new RecordingSink();
        await using var source = new EngineStatusSource(
            new EngineStatusOptions { Scraper = new EngineScraperOptions { Interval = TimeSpan.FromMilliseconds(20) } }, sink, TimeProvider.System, NullLoggerFactory.Instance);
        using var stop = new CancellationTokenSource();
        Task running = source.RunAsync(stop.Token);
        DiscoveredInstance old = new() { Id = "a", InferType = InferType.Neutral, Host = "127.0.0.1", Port = await engine.StartAsync() };
        source.Synchronize([old]);
        await Eventually.TrueAsync(() => sink.Readings["a"].Status.RunningRequestCount == 3);

        engine.IsFrozen = true;
        source.Synchronize([old with { Id = id, Version = version }]);
        InstanceStatus status = sink.Readings[id].Status;
        Assert.Null(status.Reading);
        Assert.Equal(0, status.RunningRequestCount);

        await Eventually.TrueAsync(() => source.State.Unread.Count == 1);
        Assert.Equal($"127.0.0.1:{old.Port} (no answer in time)", source.State.Unread[0]);
        engine.IsFrozen = false;
        await Eventually.TrueAsync(() => sink.Readings[id].Status.RunningRequestCount == 3 && source.State.Unread.Count == 0);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>The same engine that only changes its node stays the one whose numbers are known.</summary>
    [Fact]
    public async Task Synchronize_SameEngine_KeepsItsNumbers()
    {
        await using var engine = new LoadedEngine();
        var sink = new RecordingSink();
        await using var source = new EngineStatusSource(new EngineStatusOptions(), sink, TimeProvider.System, NullLoggerFactory.Instance);
        using var stop = new CancellationTokenSource();
        Task running = source.RunAsync(stop.Token);
        DiscoveredInstance known = new() { Id = "a", InferType = InferType.Neutral, Host = "127.0.0.1", Port = await engine.StartAsync() };
        source.Synchronize([known]);
        await Eventually.TrueAsync(() => sink.Readings["a"].Status.RunningRequestCount == 3);

        source.Synchronize([known with { NodeId = "n" }]);
        Assert.Equal(("n", 3), (sink.Readings["a"].Metadata.NodeId, sink.Readings["a"].Status.RunningRequestCount));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
