using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Llumnix.Adapters.Embedding;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Yarp.ReverseProxy.Model;

namespace Llumnix.Yarp;

/// <summary>The scheduler of one cluster: its destinations are the engines. Thread-safe.</summary>
internal sealed class ClusterScheduler : IAsyncDisposable
{
    private readonly EmbeddedScheduler _scheduler;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile Dictionary<string, string> _endpoints = [];
    private long _requests;

    /// <param name="scheduler">The scheduler, which ends with this object.</param>
    public ClusterScheduler(EmbeddedScheduler scheduler)
    {
        _scheduler = scheduler;
        _running = scheduler.RunAsync(_stop.Token);
    }

    /// <summary>The cluster as the scheduler sees it.</summary>
    public ClusterSnapshot Snapshot() => _scheduler.Scheduler.Snapshot();

    /// <summary>Replaces the engines. A destination whose address is not of HTTP is none. One call at a time.</summary>
    public void SetDestinations(IReadOnlyList<DestinationState> destinations)
    {
        var endpoints = new Dictionary<string, string>(StringComparer.Ordinal);
        var engines = new List<DiscoveredInstance>();
        foreach (DestinationState destination in destinations)
        {
            if (Uri.TryCreate(destination.Model.Config.Address, UriKind.Absolute, out Uri? address) && address is { Scheme: "http" or "https", Port: > 0 })
            {
                string host = HostAddress.Normalize(address.Host.Trim('[', ']'));
                endpoints[destination.DestinationId] = HostAddress.EndpointOf(host, address.Port);
                engines.Add(new DiscoveredInstance { Id = destination.DestinationId, InferType = InferType.Neutral, Host = host, Port = address.Port });
            }
        }

        // Two destinations at one address are one engine.
        _scheduler.SetEngines([.. engines.DistinctBy(static engine => (engine.Host, engine.Port))]);
        _endpoints = endpoints;
    }

    /// <summary>Places a request on one of the available destinations.</summary>
    /// <param name="promptTokens">Its prompt's length, not negative.</param>
    /// <param name="available">The destinations that it may go to.</param>
    /// <param name="destination">The chosen one; null when it is not placed.</param>
    /// <param name="release">To be disposed of at the request's end; null when it is not placed.</param>
    public bool TryPlace(
        int promptTokens,
        IReadOnlyList<DestinationState> available,
        [NotNullWhen(true)] out DestinationState? destination,
        [NotNullWhen(true)] out IDisposable? release)
    {
        Dictionary<string, string> endpoints = _endpoints;
        string id = Interlocked.Increment(ref _requests).ToString(CultureInfo.InvariantCulture);
        var request = new PlacementRequest(
            id, SchedulingMode.Neutral, InferType.Neutral, promptTokens, ExcludedInstances: Excluded(endpoints, available));
        (destination, release) = (null, null);
        if (_scheduler.Scheduler.Schedule(in request, out Placement placement) != ScheduleOutcome.Placed)
        {
            return false;
        }

        InstanceAddress placed = placement.First.Instance;
        var lease = new PlacedRequest(_scheduler.Scheduler, id, placed);
        string endpoint = HostAddress.EndpointOf(placed.Host, placed.Port);
        foreach (DestinationState candidate in available)
        {
            if (endpoints.GetValueOrDefault(candidate.DestinationId) == endpoint)
            {
                (destination, release) = (candidate, lease);
                return true;
            }
        }

        // The configuration has changed meanwhile.
        lease.Dispose();
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _scheduler.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>The endpoints of destinations that are not available; null where all are, as nearly always.</summary>
    private static string[]? Excluded(Dictionary<string, string> endpoints, IReadOnlyList<DestinationState> available)
    {
        if (available.Count >= endpoints.Count)
        {
            return null;
        }

        HashSet<string> usable = [.. available.Select(destination => endpoints.GetValueOrDefault(destination.DestinationId) ?? "")];
        return [.. endpoints.Values.Where(endpoint => !usable.Contains(endpoint)).Distinct()];
    }
}
