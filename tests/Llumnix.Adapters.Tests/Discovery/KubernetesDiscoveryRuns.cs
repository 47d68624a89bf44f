using k8s;
using Llumnix.Adapters.Discovery;
using Llumnix.Testing.Kubernetes;
using Llumnix.Testing.Polling;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>Discovery of pods from an API server in this process.</summary>
public abstract class KubernetesDiscoveryRuns : IAsyncLifetime
{
    private protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Watches that no test outlasts, so that a test says itself when they end.</summary>
    private protected static readonly KubernetesDiscoveryOptions LongWatches = new()
    {
        Selector = "app=vllm",
        RefreshInterval = TimeSpan.FromMinutes(1),
        LeastInterval = TimeSpan.FromMilliseconds(20),
    };

    /// <summary>Watches of a second, as in a program.</summary>
    private protected static readonly KubernetesDiscoveryOptions ShortWatches = LongWatches with { RefreshInterval = TimeSpan.FromSeconds(1) };

    private protected static readonly FakePod A = new("a", "1", "10.0.0.1");
    private protected static readonly FakePod B = new("b", "2", "10.0.0.2");

    private protected FakeKubernetes Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await FakeKubernetes.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static Task IsAsync(DiscoveryRun<KubernetesDiscovery> run, params string[] ids) => run.Sink.WaitForAsync(ids).WaitAsync(Limit);

    private protected async Task<DiscoveryRun<KubernetesDiscovery>> WatchingAsync(KubernetesDiscoveryOptions options, params string[] ids)
    {
        DiscoveryRun<KubernetesDiscovery> run = RunOf(options);
        await IsAsync(run, ids);
        await Eventually.TrueAsync(() => Server.Watches == 1, Limit);
        return run;
    }

    private protected KubernetesClientConfiguration Configuration() => new() { Host = Server.Url };

    private protected DiscoveryRun<KubernetesDiscovery> RunOf(KubernetesDiscoveryOptions options, Func<KubernetesClientConfiguration>? configure = null) => new(
        (sink, clock, log, observer) => new KubernetesDiscovery(
            options, sink, clock, log, observer, configure ?? Configuration, new Random(1)));
}
