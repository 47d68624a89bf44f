using System.Globalization;
using System.Net;
using Llumnix.Adapters.Leases;
using Llumnix.Server.Options;

namespace Llumnix.Server.Leadership;

/// <summary>Makes the leases that validated options describe.</summary>
internal static class Leases
{
    // Planning takes a few milliseconds; the rest is for a busy machine.
    private static readonly TimeSpan PlanningBound = TimeSpan.FromSeconds(1);

    /// <summary>Makes the client of the store; not to be shared between leases, for a slow call would delay the renewal of the other lease.</summary>
    internal static ILeaseStore MakeStore(SchedulerOptions options, TimeProvider time)
    {
        // A call that fails leaves time for another one before the lease ends.
        TimeSpan bound = options.HighAvailability.LeaseTtl / 4;
        bool isOverCms = options.Mode is { IsFull: true, IsOverEngineMetrics: false };
        return options.HighAvailability.Lease switch
        {
            LeaseStoreKind.Redis => new RedisLeaseStore((isOverCms ? options.Cms.Redis : options.Discovery.Redis.Redis) with { Timeout = bound }, time),
            LeaseStoreKind.Etcd => new EtcdLeaseStore(options.Discovery.Etcd.Etcd with { CallTimeout = bound, ProbeTimeout = bound / 2 }, time),
            LeaseStoreKind.Kubernetes => new KubernetesLeaseStore(
                new KubernetesLeaseOptions
                {
                    ConfigFile = options.Discovery.Kubernetes.ConfigFile, Namespace = options.Discovery.Kubernetes.Namespace, Timeout = bound,
                },
                time),
            _ => throw new ArgumentException("There are no leases.", nameof(options)),
        };
    }

    /// <summary>How the scheduler's own lease is held.</summary>
    internal static LeaseHolderOptions SchedulerLease(SchedulerOptions options) => Basic(options);

    /// <summary>
    /// How the rescheduler's lease is held. It lasts long enough for a cycle and the longest call of it, so that a cycle fits into what is left after a
    /// renewal that came late.
    /// </summary>
    internal static LeaseHolderOptions ReschedulerLease(SchedulerOptions options) => Basic(options) with
    {
        Name = options.HighAvailability.LeaseName + "-rescheduler",
        Ttl = options.HighAvailability.LeaseTtl + CycleBound(options),
    };

    /// <summary>The longest time from the start of a cycle to the end of its last call.</summary>
    internal static TimeSpan CycleBound(SchedulerOptions options) => PlanningBound + options.Llumlets.Timeout;

    /// <summary>Who this process is: another one after each start.</summary>
    internal static LeaseCandidate MakeCandidate(SchedulerOptions options)
    {
        string address = options.HighAvailability.AdvertiseAddress;
        string scheme = options.Service.TlsCertificateFile.Length > 0 ? "https" : "http";
        return new LeaseCandidate(
            string.Create(CultureInfo.InvariantCulture, $"{Dns.GetHostName()}-{Guid.NewGuid():N}"), address.Length == 0 ? "" : $"{scheme}://{address}");
    }

    private static LeaseHolderOptions Basic(SchedulerOptions options) => new()
    {
        Name = options.HighAvailability.LeaseName,
        Ttl = options.HighAvailability.LeaseTtl,
        // An API server has more to do than to answer the same question.
        FollowInterval = options.HighAvailability.Lease == LeaseStoreKind.Kubernetes ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(250),
    };
}
