using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Llumnix.Adapters.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.WebConsole.Tests.Live;

/// <summary>A scheduler with a console, over a real Redis that instances write into.</summary>
internal sealed class LiveScheduler : IAsyncDisposable
{
    /// <summary>A secret among the options.</summary>
    public const string HiddenToken = "never-shown";

    private readonly RedisServer _redis;

    private LiveScheduler(RedisServer redis, WrittenFleet fleet, SchedulerHost host)
    {
        (_redis, Fleet, Host) = (redis, fleet, host);
        Client = new HttpClient { BaseAddress = host.ConsoleAddress };
    }

    /// <summary>The instances.</summary>
    public WrittenFleet Fleet { get; }

    /// <summary>The scheduler.</summary>
    public SchedulerHost Host { get; }

    /// <summary>Where the console is.</summary>
    public Uri Console => Host.ConsoleAddress!;

    /// <summary>Asks the admin API.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts it, and waits until all instances are known and healthy.</summary>
    public static async Task<LiveScheduler> StartAsync(int instances)
    {
        RedisServer redis = await RedisServer.StartAsync();
        var fleet = new WrittenFleet(await redis.ConnectAsync(), instances, FreePort.Find(1)[0]);
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            [
                "--host=127.0.0.1", "--port=0", "--enable-console", "--console-port=0", $"--metrics-token={HiddenToken}",
                $"--cms-redis-host={redis.Host}", $"--cms-redis-port={redis.Port}", "--cms-pull-metadata-interval-ms=200",
                // What a test has placed stays in flight, however slow the machine is.
                "--request-local-account-staleness-seconds=600",
            ],
            SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        SchedulerHost host = SchedulerHost.Build(parsed.Options, parsed: parsed);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var scheduler = new LiveScheduler(redis, fleet, host);
        await Eventually.TrueAsync(() => host.Snapshot().Instances.Count == instances);
        return scheduler;
    }

    /// <summary>Places a request.</summary>
    public void Place(string id)
    {
        var request = new PlacementRequest(id, SchedulingMode.Neutral, InferType.Neutral, PromptTokens: 1_000);
        Assert.Equal(ScheduleOutcome.Placed, Host.Schedule(in request, out _));
    }

    /// <summary>Asks the admin API.</summary>
    public async Task<T> AskAsync<T>(string path, JsonTypeInfo<T> type) =>
        (await Client.GetFromJsonAsync(path, type, TestContext.Current.CancellationToken))!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await Fleet.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
