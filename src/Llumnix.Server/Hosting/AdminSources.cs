using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Endpoints;
using Llumnix.Server.Draining;
using Llumnix.Server.Http;
using Llumnix.Server.Leadership;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Hosting;

/// <summary>What a scheduler gives its admin API to show.</summary>
internal static class AdminSources
{
    private const int MaxBodyMemoryMiB = 1;

    /// <param name="services">The host's services.</param>
    /// <param name="options">The options.</param>
    /// <param name="parsed">Where they come from; null: not known.</param>
    /// <param name="flags">The options as flags, as they were set.</param>
    /// <param name="time">The clock.</param>
    internal static AdminSource Of(
        IServiceProvider services, SchedulerOptions options, OptionsParseResult<SchedulerOptions>? parsed, IReadOnlyList<string> flags, TimeProvider time)
    {
        SchedulingModeRuntime mode = services.GetRequiredService<SchedulingModeRuntime>();
        LeadershipParts? leadership = services.GetService<LeadershipParts>();
        Replica? replica = leadership?.Replica;
        bool hasTargets = options.Mode.Policy == "slo";
        var token = new ServiceToken(options.Service.Token.Reveal());
        IEndpoint drains = leadership is not null ? DrainsAmongSeveral(mode, leadership, options.Service, time)
            : options.HighAvailability.IsEnabled ? DrainEndpoint.MakeReadOnly(mode.Drains)
            : DrainEndpoint.Make(mode.Drains);
        return new AdminSource
        {
            Program = options.Rescheduling.IsStandalone ? "rescheduler" : "scheduler",
            Mode = mode,
            Policy = options.Mode.Policy,
            TtftTargetMs = hasTargets ? options.Slo.Ttft.TotalMilliseconds : null,
            TpotTargetMs = hasTargets ? options.Slo.Tpot.TotalMilliseconds : null,
            SchedulerFlags = options.Rescheduling.IsStandalone ? null : flags,
            Settings = parsed is null ? [] : EffectiveSettings.Of(parsed),
            Warnings = [.. (parsed?.Warnings ?? []).Select(static warning => warning.ToString())],
            Leadership = replica is null ? null : () => (replica.State().Role, replica.State().Leader),
            LeadershipWarning = replica is null ? null : replica.FindWarning,
            Peers = options.Peers.IsEnabled
                ? () => [.. SchedulerHost.PeersOf(services, options).Current.Select(static peer => HostAddress.EndpointOf(peer.Host, peer.Port))]
                : null,
            Drains = drains.HandleAsync,
            Readers = token.IsSet ? token.Admits : null,
            Certificate = services.GetService<ListenerCertificate>(),
        };
    }

    /// <summary>Drains are ordered and ended at the leader, to which a follower sends the operator's orders as its own; each scheduler tells of them by itself.</summary>
    private static IEndpoint DrainsAmongSeveral(SchedulingModeRuntime mode, LeadershipParts leadership, ServiceOptions service, TimeProvider time)
    {
        // Of the metrics of refused requests only the service's own are shown.
        var refusals = new RefusalTelemetry(Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry()));
        var bodies = new BodyReceiver(BodyMemory.Of(MaxBodyMemoryMiB), refusals);
        var forwarder = new Forwarder(leadership.Replica, leadership.Http, bodies, leadership.Telemetry, time, service.Token);
        var local = new DrainEndpoint(mode.Drains, leadership.Drains.KeepAsync);
        var orders = new LeaderGate(leadership.Replica, forwarder, new DrainsFirstGate(leadership.Replica, leadership.Drains, local), ReplicaEndpoint.DrainPath);
        return DrainEndpoint.WithMethods(new DelegateEndpoint(
            context => HttpMethods.IsGet(context.Request.Method) ? local.HandleAsync(context) : orders.HandleAsync(context)));
    }
}
