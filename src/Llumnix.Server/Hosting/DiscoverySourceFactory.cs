using Llumnix.Cluster.Discovery;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the discovery source that the options describe.</summary>
internal static class DiscoverySourceFactory
{
    internal static IDiscoverySource Make(
        DiscoveryOptions options, IDiscoverySink sink, TimeProvider time, ILoggerFactory logging, IDiscoveryObserver observer) => new Temp(options, sink, time);

    private sealed class Temp(DiscoveryOptions options, IDiscoverySink sink, TimeProvider time) : IDiscoverySource
    {
        public DiscoveryState State => new(true, true, null, time.GetUtcNow());

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            sink.Synchronize([.. options.Endpoints.Select(e => new DiscoveredInstance { Id = $"neutral-{e.Host}:{e.Port}", InferType = InferType.Neutral, Host = e.Host, Port = e.Port, AuxIp = e.Host, AuxPort = 20000 + e.Port, DataParallelSize = 1 })]);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        }
    }
}
