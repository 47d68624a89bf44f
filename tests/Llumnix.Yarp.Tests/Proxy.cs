using Llumnix.Adapters.Embedding;
using Llumnix.Adapters.EngineSignals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Yarp.ReverseProxy.Configuration;

namespace Llumnix.Yarp.Tests;

/// <summary>A YARP proxy with one cluster that names the policy, on a free loopback port.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly WebApplication _host;

    private Proxy(WebApplication host)
    {
        _host = host;
        Client = new HttpClient { BaseAddress = new Uri(host.Urls.First()) };
    }

    public HttpClient Client { get; }

    /// <summary>The scheduler of the cluster; null where it names another policy.</summary>
    public ClusterScheduler? Scheduler => _host.Services.GetRequiredService<ClusterSchedulers>().Find("engines");

    /// <summary>Requests that were placed and have not ended.</summary>
    public int RequestsInFlight => Scheduler!.Snapshot().LedgerEntries;

    /// <summary>Requests that run at all engines, by what these tell.</summary>
    public int RunningRequests => Scheduler!.Snapshot().Instances.Sum(static instance => instance.Status.RunningRequestCount);

    public static async Task<Proxy> StartAsync(params StubEngine[] engines)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.Zero);
        builder.Services.AddLlumnixScheduler(new EmbeddedSchedulerOptions
        {
            EngineStatus = new EngineStatusOptions { Scraper = new EngineScraperOptions { Interval = TimeSpan.FromMilliseconds(20) } },
        });
        builder.Services.AddReverseProxy()
            .LoadFromMemory([new RouteConfig { RouteId = "all", ClusterId = "engines", Match = new RouteMatch { Path = "{**path}" } }], [Cluster(LlumnixLoadBalancing.PolicyName, engines)])
            .AddLlumnixLoadBalancing();
        WebApplication host = builder.Build();
        host.UseRouting();
        host.MapReverseProxy();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new Proxy(host);
    }

    /// <summary>Changes the cluster.</summary>
    public void Change(string policy, params StubEngine[] engines) => _host.Services.GetRequiredService<InMemoryConfigProvider>().Update(
        [new RouteConfig { RouteId = "all", ClusterId = "engines", Match = new RouteMatch { Path = "{**path}" } }], [Cluster(policy, engines)]);

    public Task<string> GetAsync(string path) => Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
    }

    private static ClusterConfig Cluster(string policy, IEnumerable<StubEngine> engines) => new()
    {
        ClusterId = "engines",
        LoadBalancingPolicy = policy,
        Destinations = engines.Select((engine, i) => (engine, i)).ToDictionary(
            static pair => FormattableString.Invariant($"engine-{pair.i}"), static pair => new DestinationConfig { Address = pair.engine.Address }),
    };
}
