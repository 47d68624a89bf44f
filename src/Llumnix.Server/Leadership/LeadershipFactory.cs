using Llumnix.Adapters.Leases;
using Llumnix.Adapters.Listeners;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.Draining;
using Llumnix.Server.Leadership.Peers;
using Llumnix.Server.Options;
using Prometheus;

namespace Llumnix.Server.Leadership;

/// <summary>Makes the parts of a replica that validated options describe.</summary>
internal static class LeadershipFactory
{
    /// <summary>Makes them.</summary>
    /// <param name="options">Options with a store of leases.</param>
    /// <param name="drains">The scheduler's drains.</param>
    /// <param name="gateways">The scheduler's side of gateways.</param>
    /// <param name="certificate">That of our own listener; null for plain HTTP.</param>
    /// <param name="factory">Makes metrics.</param>
    /// <param name="logging">Where the log goes.</param>
    /// <param name="time">The clock.</param>
    internal static LeadershipParts Make(
        SchedulerOptions options,
        IDrainControl drains,
        IGatewaySink gateways,
        ListenerCertificate? certificate,
        IMetricFactory factory,
        ILoggerFactory logging,
        TimeProvider time)
    {
        ILeaseStore store = Leases.MakeStore(options, time);
        LeaseCandidate candidate = Leases.MakeCandidate(options);
        var roster = new GatewayRoster(gateways);
        var telemetry = new LeadershipTelemetry(factory);
        HttpMessageInvoker http = ReplicaConnections.Make(certificate);
        var replica = new Replica(
            store,
            Leases.SchedulerLease(options),
            candidate,
            roster,
            new KnownReplicas(gateways, time),
            MakeReportedPeers(options, candidate, time),
            new ReplicaClient(http, options.Service.Token.Reveal(), time),
            telemetry,
            time,
            logging);
        return new LeadershipParts(
            replica, roster, MakeDrainKeeper(options, drains, replica, logging, time), http, telemetry);
    }

    /// <summary>Makes what keeps drains beside the scheduler's lease, or reads those that are kept there.</summary>
    internal static DrainKeeper MakeDrainKeeper(
        SchedulerOptions options, IDrainControl drains, IDrainLease lease, ILoggerFactory logging, TimeProvider time) =>
        new(drains, lease, Leases.MakeStore(options, time), time, logging.CreateLogger<DrainKeeper>());

    /// <summary>Makes what learns from reports where the other replicas are.</summary>
    private static ReportedPeers MakeReportedPeers(SchedulerOptions options, LeaseCandidate candidate, TimeProvider time) =>
        new(options.Peers.IsEnabled ? new ReportedPeer(candidate.Id, HostAddress.EndpointOf(new Uri(candidate.Address).Host, options.Peers.Port)) : null, time);
}
