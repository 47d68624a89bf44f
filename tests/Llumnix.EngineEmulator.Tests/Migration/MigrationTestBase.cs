using System.Net;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Migration;

/// <summary>Two engines, both of one host, or of two hosts that know of each other only by their ports.</summary>
public abstract class MigrationTestBase : IAsyncLifetime
{
    private readonly List<EngineHost> _hosts = [];
    private readonly List<IDisposable> _disposables = [];

    private protected HttpClient Http { get; } = new();

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _disposables.ForEach(disposable => disposable.Dispose());
        foreach (EngineHost host in _hosts)
        {
            await host.DisposeAsync();
        }

        Http.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The copy of a prompt of 100 tokens takes 13 s.</summary>
    private protected static EngineConfiguration Slow => new() { KvTransferBytesPerSecond = 1e6 };

    /// <summary>The streams get more tokens; then their clients leave.</summary>
    private protected static async Task GoOnAsync(params CompletionStream[] streams)
    {
        await Task.WhenAll(streams.Select(stream => stream.ReachAsync(stream.Tokens + 100)));
        foreach (CompletionStream stream in streams)
        {
            stream.Disconnect();
            await stream.Finished;
        }
    }

    private protected static Task AssertIdleAsync(params HostedEngine[] engines) => Eventually.TrueAsync(() => engines.All(engine => engine.Status() is
    {
        RunningRequestCount: 0, WaitingRequestCount: 0, LoadingRequestCount: 0, UsedGpuTokens: 0, MigrateInRequests: 0, MigrateOutRequests: 0,
    }));

    private protected Task<(HostedEngine Source, HostedEngine Destination)> StartAsync(bool oneHost) =>
        StartAsync(oneHost, new EngineConfiguration(), new EngineConfiguration());

    private protected async Task<(HostedEngine Source, HostedEngine Destination)> StartAsync(
        bool oneHost, EngineConfiguration source, EngineConfiguration destination, string address = "127.0.0.1")
    {
        EmulatedEngineOptions[] engines = [.. new[] { source, destination }.Select(engine => new EmulatedEngineOptions
        {
            AdvertisedIp = address,
            Engine = ReferenceEquals(engine.Latency, PolynomialLatencyModel.H200Llama8B) ? engine with { Latency = EngineHostBuilder.Fast } : engine,
        })];
        foreach (EmulatedEngineOptions[] hosted in oneHost ? [engines] : engines.Chunk(1))
        {
            _hosts.Add(await EngineHost.StartAsync(
                new EngineHostOptions { Engines = hosted, ListenAddress = IPAddress.Parse(address), MigrationTimeout = TimeSpan.FromMilliseconds(500) },
                Cancellation));
        }

        HostedEngine[] started = [.. _hosts.SelectMany(host => host.Engines)];
        return (started[0], started[1]);
    }

    private protected CompletionStream Stream(HostedEngine engine, string id, int tokens = 900_000, int prompt = 100)
    {
        var stream = CompletionStream.Start(Http, engine, id, tokens, prompt);
        _disposables.Add(stream);
        return stream;
    }

    private protected LlumletClient Llumlet(HostedEngine engine)
    {
        var client = new LlumletClient(engine);
        _disposables.Add(client);
        return client;
    }
}
