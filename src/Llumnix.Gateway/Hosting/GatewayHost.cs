using System.Security.Cryptography;
using System.Text;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Secrets;
using Llumnix.Gateway.Admission;
using Llumnix.Gateway.Disaggregation;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Http;
using Llumnix.Gateway.Keys;
using Llumnix.Gateway.Mirroring;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;
using Llumnix.Gateway.Routing;
using Llumnix.Gateway.Telemetry;
using Llumnix.Gateway.Tokenization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Prometheus;

namespace Llumnix.Gateway.Hosting;

/// <summary>A gateway that serves clients: made from options and parts, started, stopped. Hosted by the CLI and by tests.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    /// <summary>How long requests that were ended have to tell their clients.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The name in telemetry of a gateway, whatever places its requests.</summary>
    public const string ServiceName = "llumnix-gateway";

    private const int MaxHeaderBytes = 64 * 1024;

    /// <summary>Above what the endpoints take, so that most of what is too long is refused there, in OpenAI's shape.</summary>
    private const int MaxRequestLineBytes = 32 * 1024;

    /// <summary>Largest amount of received and unread data per connection, in bytes; with TLS, of encrypted and of decrypted data each.</summary>
    private const int MaxUnreadBytes = 64 * 1024;

    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _connections;
    private readonly GatewayEndpoints _endpoints;
    private readonly ActiveRequests _active;
    private readonly AdmissionQueue _admission;
    private readonly ConnectionGate _gate;
    private readonly GatewayTracing? _tracing;
    private readonly ApiKeys? _keys;
    private readonly EngineKey? _engineKey;
    private readonly TrafficMirror? _mirror;
    private readonly TimeSpan _drainTimeout;
    private readonly TimeProvider _time;

    private GatewayHost(GatewayOptions options, GatewayParts parts)
    {
        _time = parts.Time;
        _drainTimeout = options.DrainTimeout;
        _active = new ActiveRequests(_time);
        _admission = new AdmissionQueue(
            new AdmissionLimits(options.MaxQueueSize, options.WaitSchedulingTimeout, options.WaitSchedulingRetryInterval), _time);
        _gate = new ConnectionGate(new ConnectionLimits { Total = options.MaxConnections, PerAddress = options.MaxConnectionsPerAddress }, _time);
        _connections = EngineConnections.Create(options.ConnectTimeout);
        EngineDirectory directory = parts.Engines;
        _app = BuildApp(options, parts, directory);
        _ = _app.Services.GetService<ListenerCertificate>();
        _keys = options.ApiKeyFile.Length == 0 ? null
            : new ApiKeys(options.ApiKeyFile, _time, _app.Services.GetRequiredService<ILogger<ApiKeys>>());
        _engineKey = options.EngineApiKeyFile.Length == 0 || parts.EngineKey is not null ? null
            : new EngineKey(options.EngineApiKeyFile, _time, _app.Services.GetRequiredService<ILogger<EngineKey>>());
        var access = new EngineAccess(parts.EngineKey ?? _engineKey, options.IsAuthorizationForwarded);
        _tracing = (options.TraceCollector ?? parts.Telemetry.Traces) is { } collector ? new GatewayTracing(collector, _time) : null;
        var telemetry = new GatewayTelemetry(Prometheus.Metrics.WithCustomRegistry(parts.Metrics), _time, () => _active.Count, () => _admission.Count);
        parts.Metrics.AddBeforeCollectCallback(telemetry.BeforeCollect);
        var denied = new DeniedEngines(access, directory, telemetry, _app.Services.GetRequiredService<ILogger<DeniedEngines>>());
        var outages = new EndpointOutages(_time, _app.Services.GetRequiredService<ILogger<EndpointOutages>>());
        _mirror = options.MirrorFile.Length == 0 ? null
            : new TrafficMirror(
                options.MirrorFile, _connections, SeededRandom(), _time,
                new MirrorTelemetry(Prometheus.Metrics.WithCustomRegistry(parts.Metrics)), outages, _app.Services.GetRequiredService<ILogger<TrafficMirror>>());
        var models = new ModelCatalogue(directory, options.Routes?.ExternalModels ?? [], _connections, access, denied, _time);
        var services = new ExchangeServices(
            options,
            parts.Placer,
            _admission,
            BodyMemory.Of(options.MaxBodyMemoryMiB),
            new EngineClient(_connections, access),
            new RestingEngines(options.EngineRest, _time, _app.Services.GetRequiredService<ILogger<RestingEngines>>(), parts.AreEnginesRead),
            denied,
            models,
            PdMode.Of(options),
            new PromptLengthEstimator(),
            options.PromptTokens == PromptTokenSource.Engine ? new EngineTokenizer(directory, _connections, access, _time) : null,
            _active,
            telemetry,
            _tracing,
            MakeRoutes(options, parts, telemetry, outages),
            _mirror,
            _time);
        _endpoints = new GatewayEndpoints(
            new RequestPipeline(services, _app.Services.GetRequiredService<ILogger<RequestPipeline>>()),
            _gate,
            _keys,
            telemetry.Keys,
            models,
            parts.Placer,
            denied,
            parts.IsEngineNeededToBeReady,
            options.Routes?.ServesWithoutFleet != true,
            parts.MetricsPage,
            parts.Drains);
        _app.Run(context =>
        {
            if (context.Request.ContentLength > options.MaxBodyBytes)
            {
                // The server closes the connection after the answer, also after one for which the body is not read.
                context.Response.Headers.Connection = "close";
            }

            return _endpoints.HandleAsync(context);
        });
    }

    /// <summary>Where it listens; set once started.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Requests under way.</summary>
    public int ActiveRequests => _active.Count;

    /// <summary>Those of them that wait for room in an engine.</summary>
    public int WaitingRequests => _admission.Count;

    /// <summary>Whether a request with this Authorization header presents one of the API keys. False where there are none.</summary>
    public bool HasKey(StringValues authorization) => _keys?.Find(authorization) is not null;

    /// <summary>Builds the gateway. Nothing runs yet. Options without routes get those that their texts describe; texts that cannot be read describe none.</summary>
    /// <exception cref="ListenerCertificateException">The files of the listener's certificate cannot be used.</exception>
    /// <exception cref="ApiKeyFileException">The file of API keys cannot be used.</exception>
    /// <exception cref="EngineKeyException">The file of the engines' API key cannot be used.</exception>
    /// <exception cref="MirrorFileException">The file of the mirror cannot be used.</exception>
    public static GatewayHost Build(GatewayOptions options, GatewayParts parts) => new(options.Routes is null ? options.WithRoutes(out _) : options, parts);

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">The port is in use.</exception>
    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    /// <summary>
    /// Runs until SIGTERM, SIGINT or the token asks for the end. Then /readyz says no and no request is taken, while those under way go on to
    /// their end, or to that of the drain timeout. Then stops.
    /// </summary>
    public async Task WaitForShutdownAsync(CancellationToken cancellation)
    {
        await _app.WaitUntilAskedToStopAsync(cancellation);
        await StopAsync();
    }

    /// <summary>Takes no more requests, lets those under way come to their end, stops.</summary>
    public async Task StopAsync()
    {
        _endpoints.Stop();
        await Task.WhenAny(_active.WaitUntilNoneAsync(), Task.Delay(_drainTimeout, _time, CancellationToken.None));
        _active.EndAll();
        await _app.StopOrCutOffAsync();
    }

    /// <summary>Stops at once.</summary>
    public async ValueTask DisposeAsync()
    {
        _active.EndAll();
        await _app.DisposeAsync();
        _tracing?.Dispose();
        _mirror?.Dispose();
        _admission.Dispose();
        _connections.Dispose();
    }

    private ExternalRoutes? MakeRoutes(GatewayOptions options, GatewayParts parts, GatewayTelemetry telemetry, EndpointOutages outages) =>
        options.Routes is not { } table ? null
        : new ExternalRoutes(
            table,
            new ExternalClient(_connections, options.IdleTimeout < options.ResponseTimeout ? options.IdleTimeout : options.ResponseTimeout, _time),
            SeededRandom(),
            new RouteTelemetry(Prometheus.Metrics.WithCustomRegistry(parts.Metrics), telemetry.LabelOf),
            outages);

    /// <summary>Gateways with the same seed would choose alike.</summary>
    private static Random SeededRandom() => new(RandomNumberGenerator.GetInt32(int.MaxValue));

    private WebApplication BuildApp(GatewayOptions options, GatewayParts parts, EngineDirectory directory)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        if (parts.Logging is { } logging)
        {
            logging(builder.Logging);
        }
        else
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IHostLifetime, GuestLifetime>();
        }

        parts.Telemetry.AddMetrics(builder.Services, ServiceName, _ => parts.SentMetricsPage ?? parts.MetricsPage, parts.Time);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = StopTimeout);
        builder.Services.AddHostedService(_ => new GatewayTasks(parts.Discovery(directory), parts.Placer, _active, _keys, _engineKey, _mirror));
        if (options.TlsCertificateFile.Length > 0)
        {
            builder.Services.AddSingleton(services => new ListenerCertificate(
                options.TlsCertificateFile, options.TlsKeyFile, services.GetRequiredService<ILogger<ListenerCertificate>>()));
            builder.Services.AddHostedService(services => new CertificateRefresher(services.GetRequiredService<ListenerCertificate>(), parts.Time));
        }

        parts.Services?.Invoke(builder.Services);
        builder.WebHost.UseSockets(static sockets => sockets.MaxReadBufferSize = MaxUnreadBytes);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
            kestrel.Limits.MaxRequestBufferSize = MaxUnreadBytes;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            // A client that does not read is ended by the sweep, together with all others in which nothing moves.
            kestrel.Limits.MinResponseDataRate = null;
            GuardedListener.Listen(
                kestrel, options.Host, options.Port, _gate, kestrel.ApplicationServices.GetService<ListenerCertificate>(), HttpProtocols.Http1);
        });
        return builder.Build();
    }
}
