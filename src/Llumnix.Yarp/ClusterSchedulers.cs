using System.Collections.Concurrent;
using Llumnix.Adapters.Embedding;
using Yarp.ReverseProxy.Model;

namespace Llumnix.Yarp;

/// <summary>A scheduler for each cluster that names the policy. It follows YARP's configuration. Thread-safe; YARP tells changes one at a time.</summary>
/// <param name="factory">Makes the schedulers.</param>
internal sealed class ClusterSchedulers(EmbeddedSchedulerFactory factory) : IClusterChangeListener, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ClusterScheduler> _schedulers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The scheduler of a cluster; null where the cluster does not name the policy.</summary>
    public ClusterScheduler? Find(string cluster) => _schedulers.GetValueOrDefault(cluster);

    /// <inheritdoc/>
    public void OnClusterAdded(ClusterState cluster) => OnClusterChanged(cluster);

    /// <inheritdoc/>
    public void OnClusterChanged(ClusterState cluster)
    {
        if (!string.Equals(cluster.Model.Config.LoadBalancingPolicy, LlumnixLoadBalancing.PolicyName, StringComparison.OrdinalIgnoreCase))
        {
            OnClusterRemoved(cluster);
            return;
        }

        _schedulers.GetOrAdd(cluster.ClusterId, _ => new ClusterScheduler(factory.MakeWithoutEngines())).SetDestinations([.. cluster.Destinations.Values]);
    }

    /// <inheritdoc/>
    public void OnClusterRemoved(ClusterState cluster)
    {
        if (_schedulers.TryRemove(cluster.ClusterId, out ClusterScheduler? scheduler))
        {
            _ = scheduler.DisposeAsync().AsTask();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (string cluster in _schedulers.Keys)
        {
            if (_schedulers.TryRemove(cluster, out ClusterScheduler? scheduler))
            {
                await scheduler.DisposeAsync();
            }
        }
    }
}
