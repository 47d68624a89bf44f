using Llumnix.Adapters.Discovery;
using Llumnix.Scheduling.Policies;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The whole server in lite mode with one instance, which needs no store.</summary>
internal static class LiteHost
{
    internal const string Request = """{"id":"r","scheduling_mode":"neutral","prompt_num_tokens":5}""";

    internal static async Task<SchedulerHost> StartAsync(Func<ServiceOptions, ServiceOptions>? change = null, PeerOptions? peers = null, ConsoleOptions? console = null)
    {
        var service = new ServiceOptions { Host = "127.0.0.1", Port = 0 };
        SchedulerHost host = SchedulerHost.Build(new SchedulerOptions
        {
            Service = change?.Invoke(service) ?? service,
            Peers = peers ?? new PeerOptions(),
            Console = console ?? new ConsoleOptions(),
            Mode = new ModeOptions { IsFull = false },
            Dispatch = new DispatchOptions { Neutral = new("num_tokens", 8192), Prefill = new("num_tokens", 8192), Decode = new("num_tokens", 8192) },
            Discovery = new DiscoveryOptions { Kind = DiscoveryKind.Endpoints, Endpoints = [new ListedEngine("10.0.0.1", 8000)] },
        });
        await host.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => host.LiteModeSnapshot().Instances.Count == 1);
        return host;
    }
}
