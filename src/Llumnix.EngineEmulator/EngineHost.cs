using Llumnix.Adapters.Redis;
using Llumnix.Adapters.Cms;
using System.Globalization;
using System.Net;
using Llumnix.EngineEmulator.Cms;
using Llumnix.EngineEmulator.Disaggregation;
using Llumnix.EngineEmulator.Discovery;
using Llumnix.EngineEmulator.Engines;
using Llumnix.EngineEmulator.Http;
using Llumnix.EngineEmulator.Migration;
using Llumnix.Scheduling.Instances;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Llumnix.EngineEmulator;

/// <summary>
/// Emulated engines that run in this process: one web server with a listener per engine. They register in a CMS, in discovery, or nowhere. Disposal
/// is a clean shutdown.
/// </summary>
public sealed partial class EngineHost : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly EngineHostOptions _options;
    private readonly WebApplication _app;
    private readonly RedisStatusPublisher? _publisher;
    private readonly IPodRegistry? _pods;
    private readonly EngineRegistry _registry = new();
    private readonly List<ListenOptions> _listeners = [];
    private readonly KvtEndpoints _kvt;
    private readonly HttpClient _http;
    private readonly ILogger _logger;
    private bool _disposed;

    private EngineHost(EngineHostOptions options, RedisStatusPublisher? publisher, IPodRegistry? pods)
    {
        _options = options;
        _publisher = publisher;
        _pods = pods;
        _logger = options.LoggerFactory.CreateLogger<EngineHost>();

        // For calls to other engines. A response lasts as long as the migrated request, so callers set the timeouts. A cancelled response must reach
        // the other side at once, so it is not drained.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, MaxResponseDrainSize = 0, ConnectTimeout = ConnectTimeout })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _kvt = new KvtEndpoints(_registry, options);
        _app = BuildApp();
    }

    /// <summary>The engines, in the order of the options; each data-parallel rank is one.</summary>
    public IReadOnlyList<HostedEngine> Engines => _registry.Engines;

    /// <summary>Reservations for migrations from other processes, and requests that arrived by them.</summary>
    internal int OpenReservations => _kvt.OpenCount;

    /// <summary>Starts the engines. They answer when this returns; an unreachable store does not delay them.</summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it.</exception>
    /// <exception cref="IOException">A port is in use.</exception>
    public static async Task<EngineHost> StartAsync(EngineHostOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindProblem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        RedisStatusPublisher? publisher = options.CmsRedis is { } redis
            ? new RedisStatusPublisher(await RedisWriter.ConnectAsync(redis, options.CmsRedisPassword, "CMS", "--cms-redis", options.LoggerFactory), options.KeyLifetime, options.TimeProvider)
            : null;
        IPodRegistry? pods = options.DiscoveryRedis is { } discovery ? await RedisPodRegistry.ConnectAsync(discovery, options)
            : options.DiscoveryEtcd is not null ? new EtcdPodRegistry(options)
            : null;
        var host = new EngineHost(options, publisher, pods);
        try
        {
            await host.StartEnginesAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Shuts down: breaks running requests off, deletes the engines' entries in the stores, closes the ports.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await Task.WhenAll(Engines.Select(engine => engine.StopAsync()));
        using (var timeout = new CancellationTokenSource(StopTimeout, _options.TimeProvider))
        {
            await _app.StopAsync(timeout.Token);
        }

        await _app.DisposeAsync();
        _http.Dispose();
        await (_publisher?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_pods?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (HostedEngine engine in Engines)
        {
            ((IDisposable)engine).Dispose();
            string name = NameOf(engine);
            LogStopped(name);
        }
    }

    private WebApplication BuildApp()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        builder.Services.AddRoutingCore().AddSingleton(_options.LoggerFactory).AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.AddSingleton(new LlumletService(_registry, _http, _options));
        builder.Services.AddGrpc();
        WebApplication app = builder.Build();
        if (!_options.ApiKey.IsEmpty)
        {
            app.Use(new ApiKeyGuard(_registry, _options.ApiKey).HandleAsync);
        }

        new EngineEndpoints(_registry, new PrefillClient(_http, _options), _options).Map(app);
        new PrefillEndpoints(_registry, _options).Map(app);
        _kvt.Map(app);
        app.MapGrpcService<LlumletService>();
        return app;
    }

    private void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = _options.MaxBodyBytes;
        foreach (EmulatedEngineOptions engine in _options.Engines)
        {
            Listen(engine.Port, HttpProtocols.Http1);
            Listen(engine.LlumletPort, HttpProtocols.Http2);
        }

        void Listen(int port, HttpProtocols protocols) => kestrel.Listen(
            _options.ListenAddress,
            port,
            listener =>
            {
                listener.Protocols = protocols;
                _listeners.Add(listener);
            });
    }

    private async Task StartEnginesAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        for (int i = 0; i < _options.Engines.Count; i++)
        {
            EmulatedEngineOptions options = _options.Engines[i];
            (int port, int llumletPort) = (PortOf(_listeners[2 * i]), PortOf(_listeners[(2 * i) + 1]));
            InstanceMetadata[] ranks =
                [.. Enumerable.Range(options.DataParallelRank, options.LocalRanks).Select(rank => Describe(options, rank, port, llumletPort))];
            foreach (InstanceMetadata rank in ranks)
            {
                // One entry in discovery lists all ranks.
                Start(options, rank, _pods is null || rank != ranks[0] ? null : new PodAnnouncer(Describe(options, ranks), _pods, _options.TimeProvider));
            }
        }
    }

    private void Start(EmulatedEngineOptions options, InstanceMetadata metadata, PodAnnouncer? announcer)
    {
        HostedEngine engine = StartEngine(options, metadata, announcer);
        _registry.Add(engine);
        _options.KvMaster?.Attach(engine);
        if (_publisher is not null)
        {
            _publisher.Reconnected += engine.RefreshCms;
        }
    }

    private static int PortOf(ListenOptions listener) => ((IPEndPoint)listener.EndPoint!).Port;

    /// <summary>How schedulers name the engine: by its id where it writes that into a CMS, else by its address, which their ids contain.</summary>
    /// <param name="engine">One of <see cref="Engines"/>.</param>
    public string NameOf(HostedEngine engine) => _publisher is not null ? engine.InstanceId
        : HostAddress.EndpointOf(engine.Metadata.Ip, engine.Port) + (engine.Metadata.DataParallelSize > 1 ? FormattableString.Invariant($" rank {engine.Metadata.DataParallelRank}") : "");

    private HostedEngine StartEngine(EmulatedEngineOptions options, InstanceMetadata metadata, PodAnnouncer? announcer)
    {
        var runner = new EngineRunner(options.Engine with { InstanceId = metadata.InstanceId }, _options.TimeProvider)
        {
            Address = new EngineAddress(metadata.InstanceId, metadata.IpKvt, metadata.KvtPort),
        };
        return new HostedEngine(
            metadata,
            runner,
            _publisher is null ? null : new StatusPusher(runner, metadata, _publisher, _options),
            announcer)
        {
            KvMaster = _options.KvMaster,
            MetricsFace = options.MetricsFace,
            MetricsFault = options.MetricsFault,
        };
    }

    private static PodEntry Describe(EmulatedEngineOptions options, InstanceMetadata[] ranks) => new(
        options.PodName ?? string.Create(CultureInfo.InvariantCulture, $"engine-{ranks[0].Ip}-{ranks[0].ApiServerPort}"),
        ranks,
        options.DiscoveryModel);

    private InstanceMetadata Describe(EmulatedEngineOptions options, int rank, int port, int llumletPort) => new()
    {
        InstanceId = string.Create(
            CultureInfo.InvariantCulture,
            $"{options.InstanceId ?? $"{options.AdvertisedIp}_{port}"}{(options.LocalRanks > 1 ? $"_dp{rank}" : "")}"),
        InferType = options.Engine.InferType,
        BackendType = "vllm",
        Ip = options.AdvertisedIp,
        IpKvs = options.KvsIp ?? options.AdvertisedIp,
        IpKvt = options.AdvertisedIp,
        ApiServerPort = port,
        KvtPort = port,
        LlumletPort = llumletPort,
        NodeId = options.NodeId,
        UnitId = options.UnitId,
        DataParallelSize = options.DataParallelSize,
        DataParallelRank = rank,
        TensorParallelSize = 1,
        UtcCreate = _options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0,
        BlockSize = options.Engine.BlockSize,
        MaxNumBatchedTokens = options.Engine.MaxBatchedTokens,
    };
}
