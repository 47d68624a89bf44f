using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Redis;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Instances;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Servers;
using Llumnix.Testing.Time;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Cms;

/// <summary>A source that runs over a real server until it is disposed of, with a clock that can be set forward.</summary>
internal sealed class CmsSourceRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public CmsSourceRun(CmsOptions options)
    {
        Source = new CmsSource(options, Sink, Clock, Log, Observer);
        _running = Source.RunAsync(_stop.Token);
    }

    public RecordingSink Sink { get; } = new();

    public RecordingObserver Observer { get; } = new();

    public ShiftedTimeProvider Clock { get; } = new();

    public RecordingLogger<CmsSource> Log { get; } = new();

    public CmsSource Source { get; }

    /// <summary>Options for tests: polls often, reads the metadata when the clock is set forward by its interval.</summary>
    /// <summary>The options of a server with another part of the connection.</summary>
    public static CmsOptions OptionsFor(RedisServer server, Func<RedisOptions, RedisOptions> change)
    {
        CmsOptions options = OptionsFor(server);
        return options with { Redis = change(options.Redis) };
    }

    public static CmsOptions OptionsFor(RedisServer server) => new()
    {
        Redis = new RedisOptions { Host = server.Host, Port = server.Port, Timeout = TimeSpan.FromSeconds(10) },
        StatusInterval = TimeSpan.FromMilliseconds(5),
    };

    /// <summary>Completes when the sink holds exactly these instances.</summary>
    public Task WaitForInstancesAsync(params string[] ids) =>
        Sink.WaitUntilAsync(sink => sink.Readings.Count == ids.Length && ids.All(sink.Readings.ContainsKey));

    /// <summary>Reads all metadata in the next poll, and completes after it.</summary>
    public async Task RefreshMetadataAsync()
    {
        Clock.Advance(TimeSpan.FromSeconds(10));
        await Sink.WaitForSynchronizationsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running.WaitAsync(TimeSpan.FromSeconds(30)));
        _stop.Dispose();
    }
}
