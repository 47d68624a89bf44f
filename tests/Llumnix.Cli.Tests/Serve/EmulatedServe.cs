using System.Text;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Disaggregation;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.Serve;

/// <summary>Emulated engines behind <c>llumnix serve</c>, all in this process, with a client.</summary>
internal sealed class EmulatedServe : IPdFleet
{
    private readonly bool _isLite;

    private EmulatedServe(EngineHost engines, ServeHost host, bool isLite)
    {
        _isLite = isLite;
        Engines = engines;
        Host = host;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0 }) { BaseAddress = host.Gateway.Address };
    }

    public EngineHost Engines { get; }

    public ServeHost Host { get; }

    public HttpClient Client { get; }

    /// <summary>What is still accounted for.</summary>
    public int Accounts => Host.LeaseCount + Host.AccountedRequests + Host.Gateway.ActiveRequests;

    public static async Task<EmulatedServe> StartAsync(int count, MetricsFace face = MetricsFace.Vllm)
    {
        EngineHost engines = await EngineHost.StartAsync(
            new EngineHostOptions { Engines = [.. Enumerable.Range(0, count).Select(_ => new EmulatedEngineOptions { MetricsFace = face })] },
            TestContext.Current.CancellationToken);
        return await StartAsync(engines, new ServeSettings
        {
            Engines = [.. engines.Engines.Select(static engine => new ListedEngine("127.0.0.1", engine.Port))],
            Gateway = new GatewayOptions { Port = 0 },
            Console = new ConsoleOptions { IsEnabled = true, Port = 0 },
        });
    }

    /// <summary>Starts the gateway; the engines are taken over.</summary>
    public static async Task<EmulatedServe> StartAsync(EngineHost engines, ServeSettings settings)
    {
        ServeHost host = ServeHost.Build(settings);
        await host.Gateway.StartAsync(TestContext.Current.CancellationToken);
        return new EmulatedServe(engines, host, isLite: !settings.AreEngineMetricsRead);
    }

    /// <summary>Posts a body and returns with the answer's headers.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="body">A JSON object.</param>
    /// <param name="directly">The engine to be asked past the gateway; null for the gateway.</param>
    /// <param name="id">The request's id.</param>
    public async Task<HttpResponseMessage> PostAsync(string path, string body, HostedEngine? directly = null, string id = "test")
    {
        Uri uri = directly is null ? new Uri(Client.BaseAddress!, path) : new Uri(FormattableString.Invariant($"http://127.0.0.1:{directly.Port}{path}"));
        using var message = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        message.Headers.Add("x-request-id", id);
        return await Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until the metrics of all engines were read.</summary>
    public Task UntilAllAreReadAsync() =>
        Eventually.TrueAsync(() => Host.ClusterSnapshot().Instances.Count(static instance => instance.Status.Reading is not null) == Engines.Engines.Count);

    /// <summary>Waits until nothing is accounted for any more.</summary>
    public async Task UntilNothingIsHeldAsync()
    {
        await Eventually.TrueAsync(() => Accounts == 0);
        if (_isLite)
        {
            Assert.All(Host.Snapshot().Instances, static instance => Assert.Equal(0, instance.Tracked.Tokens));
        }
        else
        {
            Assert.All(Host.ClusterSnapshot().Instances, static instance => Assert.Equal(default, instance.Dispatched));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await Engines.DisposeAsync();
    }
}
