using Llumnix.Adapters.Listeners;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Scheduling.Slo;
using Llumnix.Server.Draining;
using Llumnix.Server.Http;
using Llumnix.Server.Http.Endpoints;
using Llumnix.Server.Leadership;
using Llumnix.Server.Leadership.Peers;
using Llumnix.Server.Options;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the HTTP interface: the route table and what its endpoints share.</summary>
internal static class ApiFactory
{
    /// <param name="services">The host's services.</param>
    /// <param name="options">The options.</param>
    /// <param name="connections">The service's listener.</param>
    /// <param name="registry">What /metrics shows.</param>
    /// <param name="factory">Makes the metrics of the HTTP interface, in that registry.</param>
    /// <param name="time">The clock.</param>
    /// <param name="leadership">This process among several schedulers; null where there is one.</param>
    internal static ApiHandler Make(
        IServiceProvider services,
        SchedulerOptions options,
        ConnectionGate connections,
        CollectorRegistry registry,
        MetricFactory factory,
        TimeProvider time,
        LeadershipParts? leadership)
    {
        SchedulingModeRuntime mode = services.GetRequiredService<SchedulingModeRuntime>();
        Replica? replica = leadership?.Replica;
        IGatewaySink sink = leadership?.Gateways ?? mode.Gateways;
        ServiceOptions service = options.Service;
        CancellationToken stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        // Every process shows the metrics of all endpoints, also of those that it does not have.
        var gateways = new GatewayTelemetry(factory);
        var refusals = new RefusalTelemetry(factory);
        var decisions = new SchedulerTelemetry(factory, mode.Name);
        LedgerStreams streams = services.GetRequiredService<LedgerStreams>();
        var peers = new PeerTelemetry(factory);
        var metrics = new MetricsPage(registry, factory, ShowGauges, time);
        var readiness = new Readiness(
            [mode.FindReasonNotReady, () => stopping.IsCancellationRequested ? "stopping" : null],
            [mode.FindWarning, () => replica?.FindWarning(), streams.FindWarning],
            replica is null ? null : () => replica.State().Role);
        List<ApiRoute> routes = ProcessRoutes(readiness, metrics, new ServiceToken(service.MetricsToken.Reveal()));
        var token = new ServiceToken(service.Token.Reveal());
        if (leadership is null)
        {
            routes.Add(new("/admin/drain", ListenerPort.Admin, new AdminGate(
                token, options.HighAvailability.IsEnabled ? DrainEndpoint.MakeReadOnly(mode.Drains) : DrainEndpoint.Make(mode.Drains))));
        }

        if (!options.Rescheduling.IsStandalone)
        {
            var keepAlive = new KeepAliveSettings();
            var bodies = new BodyReceiver(BodyMemory.Of(service.MaxBodyMemoryMiB), refusals);
            Forwarder? forwarder = leadership is null ? null : new Forwarder(leadership.Replica, leadership.Http, bodies, leadership.Telemetry, time);
            routes.AddRange(SchedulingRoutes(
                mode,
                token,
                bodies,
                new ScheduleEndpoint(
                    mode.Scheduler,
                    mode.Prefixes,
                    PromptPrefixes.Of(mode.PrefixHistory),
                    decisions,
                    mode.StoreName,
                    service.IsInputLogged,
                    time,
                    Logger<ScheduleEndpoint>(),
                    options.Slo.Overload == SloOverload.Hold ? options.Slo.HoldLimit : null,
                    replica,
                    services.GetService<DecisionTracing>()),
                new ReportEndpoint(sink, gateways, Logger<ReportEndpoint>()),
                new WebSocketGate(services, keepAlive, new KeepAliveEndpoint(
                    sink, new GatewaySlots(), keepAlive, gateways, refusals, time, Logger<KeepAliveEndpoint>(), stopping)),
                forwarder,
                leadership));
            if (leadership is not null)
            {
                var local = new DrainsFirstGate(leadership.Replica, leadership.Drains, new DrainEndpoint(mode.Drains, leadership.Drains.KeepAsync));
                // The admin port may be another one, which replicas do not tell each other.
                var admin = new AdminGate(
                    token, DrainEndpoint.WithMethods(new LeaderGate(leadership.Replica, forwarder!, local, ReplicaEndpoint.DrainPath)));
                routes.Add(new("/admin/drain", ListenerPort.Admin, admin));
                routes.Add(new(ReplicaEndpoint.DrainPath, ListenerPort.Service, admin));
            }
        }

        return new ApiHandler(routes, new RequestGuard(connections, service.AdminPort, stopping), refusals, metrics);

        void ShowGauges()
        {
            mode.ShowGauges();
            replica?.ShowGauges();
            peers.Show(mode.Replica?.Figures ?? default, streams.Senders);
        }

        ILogger<TEndpoint> Logger<TEndpoint>() => services.GetRequiredService<ILogger<TEndpoint>>();
    }

    /// <summary>The routes of every process.</summary>
    private static List<ApiRoute> ProcessRoutes(Readiness readiness, MetricsPage metrics, ServiceToken metricsToken)
    {
        return
        [
            new("/healthz", ListenerPort.Any, Get(new HealthEndpoint())),
            new("/readyz", ListenerPort.Any, Get(new ReadinessEndpoint(readiness))),
            new("/metrics", ListenerPort.Admin, new TokenGate(metricsToken, Get(new MetricsEndpoint(metrics)))),
        ];

        static MethodGate Get(IEndpoint endpoint) => new(endpoint, HttpMethods.Get, HttpMethods.Head);
    }

    /// <summary>The routes to the scheduler, behind the service token.</summary>
    private static List<ApiRoute> SchedulingRoutes(
        SchedulingModeRuntime mode,
        ServiceToken token,
        BodyReceiver bodies,
        ScheduleEndpoint schedule,
        ReportEndpoint report,
        WebSocketGate keepAlive,
        Forwarder? forwarder,
        LeadershipParts? leadership)
    {
        Replica? replica = leadership?.Replica;
        List<ApiRoute> routes =
        [
            new("/schedule", ListenerPort.Service, Led(schedule)),
            new("/release", ListenerPort.Service, Led(new ReleaseEndpoint(mode.Scheduler))),
            new("/report", ListenerPort.Service, Led(report)),
            new("/keepalive", ListenerPort.Service, Get(keepAlive)),
        ];
        if (token.IsSet)
        {
            // An explanation reveals more than a placement does: without a token it is not available.
            routes.Add(new("/debug/explain", ListenerPort.Admin, Post(new ExplainEndpoint(mode.Scheduler, mode.Prefixes, PromptPrefixes.Of(mode.PrefixHistory), mode.FindWarning))));
        }
        else
        {
            routes.Add(new("/debug/explain", ListenerPort.Admin, new MethodGate(new UnexplainedEndpoint(), HttpMethods.Post)));
        }

        if (replica is not null)
        {
            routes.Add(new(ReplicaEndpoint.Path, ListenerPort.Service, new MethodGate(new TokenGate(token, new ReplicaEndpoint(replica, bodies)), HttpMethods.Post)));
            routes.Add(new("/leaderz", ListenerPort.Any, new MethodGate(new LeaderEndpoint(replica), HttpMethods.Get, HttpMethods.Head)));
        }

        return routes;

        MethodGate Led<TMessage>(IMessageEndpoint<TMessage> endpoint)
            where TMessage : class, IRequestMessage, new()
        {
            var local = new BodyGate<TMessage>(bodies, endpoint);
            return new(new TokenGate(token, leadership is null || forwarder is null ? local
                : new LeaderGate(leadership.Replica, forwarder, new DrainsFirstGate(leadership.Replica, leadership.Drains, local))), HttpMethods.Post);
        }

        MethodGate Get(IEndpoint endpoint) => new(new TokenGate(token, endpoint), HttpMethods.Get);

        MethodGate Post<TMessage>(IMessageEndpoint<TMessage> endpoint)
            where TMessage : class, IRequestMessage, new() =>
            new(new TokenGate(token, new BodyGate<TMessage>(bodies, endpoint)), HttpMethods.Post);
    }
}
