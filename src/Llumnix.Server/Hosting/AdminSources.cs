using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Draining;
using Llumnix.Server.Http;
using Llumnix.Server.Leadership;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>What a scheduler gives its admin API to show.</summary>
internal static class AdminSources
{
    /// <param name="services">The host's services.</param>
    /// <param name="options">The options.</param>
    /// <param name="parsed">Where they come from; null: not known.</param>
    /// <param name="flags">The options as flags, as they were set.</param>
    internal static AdminSource Of(IServiceProvider services, SchedulerOptions options, OptionsParseResult<SchedulerOptions>? parsed, IReadOnlyList<string> flags)
    {
        SchedulingModeRuntime mode = services.GetRequiredService<SchedulingModeRuntime>();
        Replica? replica = services.GetService<LeadershipParts>()?.Replica;
        bool hasTargets = options.Mode.Policy == "slo";
        var token = new ServiceToken(options.Service.Token.Reveal());
        // Drains of several schedulers are ordered at the leader, by its own address.
        IEndpoint drains = options.HighAvailability.IsEnabled ? DrainEndpoint.MakeReadOnly(mode.Drains) : DrainEndpoint.Make(mode.Drains);
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
}
