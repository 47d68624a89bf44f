using System.Net;
using System.Text;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Secrets;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Hosting;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;
using Prometheus;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>A gateway on a free loopback port, with a client.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private TestGateway(GatewayHost host)
    {
        Host = host;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0 }) { BaseAddress = host.Address };
    }

    public GatewayHost Host { get; }

    public HttpClient Client { get; }

    public static Task<TestGateway> StartAsync(IRequestPlacer placer, GatewayOptions? options = null, TimeProvider? time = null, params Uri[] discovered) =>
        StartWithKeyAsync(key: null, placer, options, time, discovered);

    /// <summary>Starts one whose program follows the file of the engines' key.</summary>
    public static async Task<TestGateway> StartWithKeyAsync(
        EngineKey? key, IRequestPlacer placer, GatewayOptions? options = null, TimeProvider? time = null, params Uri[] discovered)
    {
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        TimeProvider clock = time ?? TimeProvider.System;
        var engines = new EngineDirectory();
        GatewayHost host = GatewayHost.Build((options ?? new GatewayOptions()) with { Port = 0 }, new GatewayParts
        {
            Placer = placer,
            Engines = engines,
            EngineKey = key,
            Discovery = sink => new StaticDiscovery([.. discovered.Select(static url => new ListedEngine(url.Host, url.Port).ToInstance(InferType.Neutral))], sink, clock),
            Metrics = registry,
            MetricsPage = async () =>
            {
                using var text = new MemoryStream();
                await registry.CollectAndExportAsTextAsync(text);
                return text.ToArray();
            },
            Time = clock,
        });
        await host.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => engines.Engines.Count == discovered.Length);
        return new TestGateway(host);
    }

    /// <summary>Posts a body and returns with the answer's headers.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach ((string name, string value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }
}
