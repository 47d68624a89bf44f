using System.Text;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Gateway;
using Llumnix.Cli.Tests.Serve;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.Disaggregation;

/// <summary>Starts emulated prefill and decode engines behind either gateway.</summary>
internal static class PdFleet
{
    public static async Task<IPdFleet> StartAsync(GatewayKind kind, PdProtocol protocol, bool isStaged, params InferType[] roles)
    {
        var gateway = new GatewayOptions { Port = 0, PdProtocol = protocol, IsPdStaged = isStaged };
        if (kind != GatewayKind.Serve)
        {
            return await EmulatedFleet.StartAsync(kind == GatewayKind.FullMode, gateway, roles);
        }

        EngineHost engines = await EngineHost.StartAsync(
            new EngineHostOptions { Engines = [.. roles.Select(EngineOf)] }, TestContext.Current.CancellationToken);
        ListedEngine[] Of(InferType wanted) =>
            [.. engines.Engines.Zip(roles).Where(pair => pair.Second == wanted).Select(static pair => new ListedEngine("127.0.0.1", pair.First.Port))];
        ListedEngine[] prefill = Of(InferType.Prefill);
        return await EmulatedServe.StartAsync(engines, new ServeSettings
        {
            PrefillEngines = prefill,
            DecodeEngines = Of(InferType.Decode),

            // The emulator's KV transfer is served at its one port.
            KvTransferPorts = [.. prefill.Select(static engine => engine.Port)],
            Gateway = gateway,
        });
    }

    public static EmulatedEngineOptions EngineOf(InferType role) => new() { Engine = new EngineConfiguration { InferType = role } };

    /// <summary>Posts a completion and returns with the answer's headers.</summary>
    /// <param name="fleet">The gateway.</param>
    /// <param name="body">A JSON object.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="directly">The engine to be asked past the gateway; null for the gateway.</param>
    public static async Task<HttpResponseMessage> PostAsync(this IPdFleet fleet, string body, string id = "test", HostedEngine? directly = null)
    {
        const string Path = "/v1/completions";
        Uri uri = directly is null ? new Uri(fleet.Client.BaseAddress!, Path) : new Uri(FormattableString.Invariant($"http://127.0.0.1:{directly.Port}{Path}"));
        using var message = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        message.Headers.Add("x-request-id", id);
        return await fleet.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until no engine holds KV cache for a request.</summary>
    public static Task UntilNoKvIsKeptAsync(this IPdFleet fleet) =>
        Eventually.TrueAsync(() => fleet.Engines.Engines.All(static engine => engine.Status() is { UsedGpuTokens: 0, RunningRequestCount: 0 }));
}
