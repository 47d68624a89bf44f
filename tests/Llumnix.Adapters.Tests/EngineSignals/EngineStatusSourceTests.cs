using Llumnix.Adapters.EngineSignals;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Instances;
using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
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

    /// <summary>Of a large fleet something is heard every fraction of a millisecond: passing all of it on each time would cost more than the reading.</summary>
    [Fact]
    public async Task Run_OneOfTwoAnswers_IsPassedOnAlone()
    {
        await using var quiet = new LoadedEngine { IsFrozen = true };
        await using var engine = new LoadedEngine();
        var sink = new RecordingSink();
        var scraper = new EngineScraperOptions { Interval = TimeSpan.FromMilliseconds(20) };
        await using var source = new EngineStatusSource(new EngineStatusOptions { Scraper = scraper }, sink, TimeProvider.System, NullLoggerFactory.Instance);
        using var stop = new CancellationTokenSource();
        Task running = source.RunAsync(stop.Token);
        source.Synchronize(
        [
            new() { Id = "a", InferType = InferType.Neutral, Host = "127.0.0.1", Port = await engine.StartAsync() },
            new() { Id = "b", InferType = InferType.Neutral, Host = "127.0.0.1", Port = await quiet.StartAsync() },
        ]);
        await sink.WaitUntilAsync(static sink => sink.LastHeard.SequenceEqual(["a"]) && sink.Readings["a"].Status.RunningRequestCount == 3);
        Assert.Equal(["a", "b"], sink.Readings.Keys.Order());

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>An answer without load is a sign of life: were the next one asked for after the staleness limit, the engine would be stale again and again.</summary>
    [Fact]
    public async Task Run_EngineTellsNoLoad_IsAskedAgainBeforeItIsStale()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using WebApplication engine = builder.Build();
        engine.Run(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await engine.StartAsync(TestContext.Current.CancellationToken);
        var time = new HastyTime();
        var options = new EngineStatusOptions { Staleness = TimeSpan.FromSeconds(2) };
        await using var source = new EngineStatusSource(options, new RecordingSink(), time, NullLoggerFactory.Instance);
        source.Synchronize([new() { Id = "a", InferType = InferType.Neutral, Host = "127.0.0.1", Port = new Uri(engine.Urls.Single()).Port }]);
        await Eventually.TrueAsync(() => Enum.GetValues<EngineReadFailure>().Sum(source.State.Failures) > 8);
        Assert.All(time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, options.Staleness * .6));
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

    [Fact]
    public async Task Run_EngineAsksForAKey_ItIsShownTheOneOfTheFile()
    {
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "engine-key", TestContext.Current.CancellationToken);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using WebApplication engine = builder.Build();
        engine.Run(static context =>
        {
            bool isAllowed = context.Request.Headers.Authorization == "Bearer engine-key";
            context.Response.StatusCode = isAllowed ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
            return context.Response.WriteAsync(isAllowed ? "vllm:num_requests_running 3\nvllm:num_requests_waiting 0\n" : "");
        });
        await engine.StartAsync(TestContext.Current.CancellationToken);
        DiscoveredInstance instance = new() { Id = "a", InferType = InferType.Neutral, Host = "127.0.0.1", Port = new Uri(engine.Urls.Single()).Port };

        await using var denied = new EngineStatusSource(new EngineStatusOptions(), new RecordingSink(), TimeProvider.System, NullLoggerFactory.Instance);
        denied.Synchronize([instance]);
        var scraper = new EngineScraperOptions { ApiKeyFile = path };
        await using var source = new EngineStatusSource(new EngineStatusOptions { Scraper = scraper }, new RecordingSink(), TimeProvider.System, NullLoggerFactory.Instance);
        source.Synchronize([instance]);
        await Eventually.TrueAsync(() => source.State.Reads > 0 && denied.State.Unread.Count > 0);
        Assert.Equal([$"127.0.0.1:{instance.Port} (status 401 or 403: it asks for another API key, --engine-api-key-file)"], denied.State.Unread);
        File.Delete(path);
    }
}
