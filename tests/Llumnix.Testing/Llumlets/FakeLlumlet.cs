using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Llumnix.Protocol.Llumlet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Llumnix.Testing.Llumlets;

/// <summary>A llumlet's gRPC service on a free loopback port with answers of the test's choice.</summary>
public sealed class FakeLlumlet : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeLlumlet(WebApplication app) => _app = app;

    /// <summary>The port.</summary>
    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>The requests, in order.</summary>
    public ConcurrentQueue<MigrateRequest> Requests { get; } = new();

    /// <summary>The ports of the connections that the requests came over.</summary>
    public ConcurrentDictionary<string, bool> Peers { get; } = new();

    /// <summary>Makes the answers; success by default.</summary>
    public Func<MigrateRequest, ServerCallContext, Task<MigrateResponse>> Answer { get; set; } =
        static (_, _) => Task.FromResult(new MigrateResponse { Success = true });

    /// <summary>Starts one.</summary>
    public static async Task<FakeLlumlet> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<Holder>();
        WebApplication app = builder.Build();
        app.MapGrpcService<Service>();
        var llumlet = new FakeLlumlet(app);
        app.Services.GetRequiredService<Holder>().Llumlet = llumlet;
        await app.StartAsync();
        return llumlet;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(stop.Token);
        await _app.DisposeAsync();
    }

    private sealed class Holder
    {
        public FakeLlumlet? Llumlet { get; set; }
    }

    private sealed class Service(Holder holder) : Llumlet.LlumletBase
    {
        public override Task<MigrateResponse> Migrate(MigrateRequest request, ServerCallContext context)
        {
            holder.Llumlet!.Requests.Enqueue(request);
            holder.Llumlet.Peers[context.Peer] = true;
            return holder.Llumlet.Answer(request, context);
        }
    }
}
