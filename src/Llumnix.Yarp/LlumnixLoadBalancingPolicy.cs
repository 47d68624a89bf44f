using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Llumnix.Yarp;

/// <summary>Picks destinations by the cluster's scheduler. YARP asks it for requests that have at least two destinations to go to.</summary>
/// <param name="clusters">The schedulers.</param>
/// <param name="promptTokens">Tells the length of a request's prompt.</param>
internal sealed class LlumnixLoadBalancingPolicy(ClusterSchedulers clusters, Func<HttpContext, int> promptTokens) : ILoadBalancingPolicy
{
    private uint _unplaced;

    /// <inheritdoc/>
    public string Name => LlumnixLoadBalancing.PolicyName;

    /// <inheritdoc/>
    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        if (availableDestinations.Count == 0)
        {
            return null;
        }

        if (clusters.Find(cluster.ClusterId) is { } scheduler
            && scheduler.TryPlace(Math.Max(0, promptTokens(context)), availableDestinations, out DestinationState? destination, out IDisposable? release))
        {
            context.Response.RegisterForDispose(release);
            return destination;
        }

        // YARP has the word on which destinations take requests. What the scheduler cannot place, such as a prompt that no engine holds, they take in turn.
        return availableDestinations[(int)(Interlocked.Increment(ref _unplaced) % (uint)availableDestinations.Count)];
    }
}
