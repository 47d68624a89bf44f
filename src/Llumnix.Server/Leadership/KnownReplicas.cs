using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Server.Leadership;

/// <summary>
/// The other replicas as their reports show them, and the gateways that live there. Such a gateway counts as connected while its replica reports it. For
/// any threads.
/// </summary>
/// <param name="gateways">Is told which gateways come and go.</param>
/// <param name="time">The clock.</param>
internal sealed class KnownReplicas(IGatewaySink gateways, TimeProvider time)
{
    /// <summary>Age up to which what a replica says of the store counts.</summary>
    internal static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(1250);

    // After that a silent replica counts as gone with its gateways: those are told by their own connections no sooner.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private const int MaxReplicas = 64;
    private const int MaxGateways = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Known> _replicas = new(StringComparer.Ordinal);

    /// <summary>Whether each replica that was heard of lately says that it does not reach the store. True when there is none.</summary>
    internal bool HaveAllLostTheStore()
    {
        lock (_lock)
        {
            Forget();
            return _replicas.Values.All(known => !known.ReachesStore && time.GetElapsedTime(known.HeardAt) <= Fresh);
        }
    }

    /// <summary>Takes a report.</summary>
    /// <returns>False when there are too many replicas or gateways; then nothing is changed.</returns>
    internal bool Take(ReplicaReport report)
    {
        lock (_lock)
        {
            Forget();
            Known? known = _replicas.GetValueOrDefault(report.Id);
            if (report.IsLeaving)
            {
                if (known is not null)
                {
                    Replace(known, []);
                    _replicas.Remove(report.Id);
                }

                return true;
            }

            if ((known is null && _replicas.Count >= MaxReplicas) || report.Gateways.Count > MaxGateways)
            {
                return false;
            }

            _replicas[report.Id] = known ??= new Known();
            (known.ReachesStore, known.HeardAt) = (report.ReachesStore, time.GetTimestamp());
            Replace(known, [.. report.Gateways]);
            return true;
        }
    }

    /// <summary>Lets replicas go that were not heard of for long.</summary>
    internal void ForgetSilent()
    {
        lock (_lock)
        {
            Forget();
        }
    }

    private void Forget()
    {
        foreach ((string id, Known known) in _replicas)
        {
            if (time.GetElapsedTime(known.HeardAt) > Lifetime)
            {
                Replace(known, []);
                _replicas.Remove(id);
            }
        }
    }

    private void Replace(Known known, HashSet<CarriedGateway> carried)
    {
        foreach (CarriedGateway gateway in carried)
        {
            if (!known.Gateways.Contains(gateway))
            {
                gateways.OnGatewayConnected(gateway.Id, gateway.IsProven);
            }
        }

        foreach (CarriedGateway gateway in known.Gateways)
        {
            if (!carried.Contains(gateway))
            {
                gateways.OnGatewayLost(gateway.Id, gateway.IsProven);
            }
        }

        known.Gateways = carried;
    }

    private sealed class Known
    {
        public bool ReachesStore { get; set; }

        public long HeardAt { get; set; }

        public HashSet<CarriedGateway> Gateways { get; set; } = [];
    }
}
