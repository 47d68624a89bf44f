using Llumnix.Gateway.Health;
using Llumnix.Gateway.Placement.PowerOfTwo;
using Llumnix.Protocol.Http;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Microsoft.Extensions.Logging;
using Instance = Llumnix.Protocol.Http.Instance;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>
/// Places requests by asking schedulers over HTTP: the first one that answers decides. Where none does, the gateway chooses among the engines of
/// discovery by its own in-flight counts. Safe for concurrent use.
/// </summary>
public sealed class SchedulerPlacer : IRequestPlacer, IAsyncDisposable
{
    /// <summary>Schedulers refuse a request that excludes more.</summary>
    private const int MaxExcluded = 64;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan IdleLifetime = TimeSpan.FromSeconds(30);
    private readonly SchedulerPlacerOptions _options;
    private readonly EngineDirectory _engines;
    private readonly HttpMessageInvoker _http;
    private readonly IReadOnlyList<SchedulerPeer> _schedulers;
    private readonly ReleaseQueue _releases;
    private readonly EngineLoads _loads = new();
    private readonly PowerOfTwoPlacer _fallback;

    /// <param name="options">The schedulers.</param>
    /// <param name="engines">The engines, for when no scheduler answers.</param>
    /// <param name="random">Chooses among them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where the log goes.</param>
    public SchedulerPlacer(SchedulerPlacerOptions options, EngineDirectory engines, Random random, TimeProvider time, ILoggerFactory logging)
        : this(options, engines, random, time, logging, CreateConnections())
    {
    }

    internal SchedulerPlacer(
        SchedulerPlacerOptions options, EngineDirectory engines, Random random, TimeProvider time, ILoggerFactory logging, HttpMessageInvoker http)
    {
        _options = options;
        _engines = engines;
        _http = http;
        _schedulers = [.. options.Schedulers.Select(access => new SchedulerPeer(access, _http, options, time, logging))];
        _releases = new ReleaseQueue(time, logging.CreateLogger<ReleaseQueue>());
        _fallback = new PowerOfTwoPlacer(engines, _loads, random);
    }

    /// <summary>Requests that have an instance now, and releases that are under way.</summary>
    public int Held => _loads.Total + _releases.Pending;

    /// <inheritdoc/>
    public async ValueTask<PlacementAnswer> PlaceAsync(PlacementQuery query, CancellationToken cancellation)
    {
        foreach (SchedulerPeer scheduler in _schedulers)
        {
            ScheduleRequestBody message = MessageFor(query, scheduler.GatewayId);
            if (await scheduler.TryScheduleAsync(message, query.TraceParent, cancellation) is { } answer)
            {
                return answer.Outcome == SchedulerOutcome.Placed
                    ? Take(scheduler, message, answer.Instances)
                    : new PlacementAnswer(RefusalOf(answer.Outcome), null);
            }
        }

        cancellation.ThrowIfCancellationRequested();
        return _fallback.Place(query);
    }

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(_schedulers.Select(scheduler => scheduler.RunAsync(cancellation)));

    /// <inheritdoc/>
    public string? FindReasonNotReady() => _engines.Engines.Count > 0 || _schedulers.Any(static scheduler => scheduler.IsAnswering)
        ? null
        : "no scheduler answers, and discovery knows no engine";

    /// <inheritdoc/>
    public string? FindWarning() => _engines.Engines.Count == 0 || _schedulers.Count == 0 || _schedulers.Any(static scheduler => scheduler.IsAnswering)
        ? null
        : "no scheduler answers: requests are spread over the engines of discovery without one";

    /// <summary>Waits for the releases that are under way, up to the bound.</summary>
    public async ValueTask DisposeAsync()
    {
        await _releases.DrainAsync(_options.ReleaseDrain);
        _http.Dispose();
    }

    private static PlacementRefusal RefusalOf(SchedulerOutcome outcome) => outcome switch
    {
        SchedulerOutcome.Busy => PlacementRefusal.Busy,
        SchedulerOutcome.PromptTooLong => PlacementRefusal.PromptTooLong,
        SchedulerOutcome.NotFound => PlacementRefusal.NotFound,
        SchedulerOutcome.AllExcluded => PlacementRefusal.AllExcluded,
        _ => PlacementRefusal.NotReady,
    };

    /// <summary>Without proxies and redirects, which would show the service token to other hosts.</summary>
    private static HttpMessageInvoker CreateConnections() => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        ConnectTimeout = ConnectTimeout,
        MaxConnectionsPerServer = 256,
        PooledConnectionIdleTimeout = IdleLifetime,
        UseCookies = false,
        UseProxy = false,
    });

    private static ScheduleRequestBody MessageFor(PlacementQuery query, string gatewayId) => new()
    {
        Id = query.RequestId,
        Model = query.Model,
        GatewayId = gatewayId,
        SchedulingMode = query.Mode.ToName(),
        SchedulingStage = query.Mode == SchedulingMode.PdStaged ? query.Stage.ToName() : "",
        PromptNumTokens = query.PromptTokens,
        PromptTokenIds = query.PromptTokenIds,
        PromptChunks = query.Prefix.IsEmpty ? null : query.Prefix.Chunks.ToArray(),
        PromptChunkTokens = query.Prefix.IsEmpty ? null : query.Prefix.TokensPerChunk,
        ExcludedInstances = query.Excluded.Count > 0 ? [.. query.Excluded.Take(MaxExcluded)] : null,
        Retry = query.IsRetry,
    };

    private static EngineTarget TargetOf(Instance instance) => new()
    {
        Id = instance.Id,
        Host = instance.Endpoint!.Host,
        Port = instance.Endpoint.Port,
        Role = InferTypeNames.TryParse(instance.InferType, out InferType role) ? role : InferType.Neutral,
        AuxIp = instance.AuxIp,
        AuxPort = instance.AuxPort,
        DataParallelRank = instance.DpRank,
        DataParallelSize = instance.DpSize,
        Model = instance.Model,
        Version = instance.Version,
    };

    private PlacementAnswer Take(SchedulerPeer scheduler, ScheduleRequestBody message, IReadOnlyList<Instance> instances) => new(
        PlacementRefusal.None,
        Lease(scheduler, message, instances[0]),
        instances.Count > 1 ? Lease(scheduler, message, instances[1]) : null);

    private SchedulerLease Lease(SchedulerPeer scheduler, ScheduleRequestBody message, Instance instance) =>
        new(scheduler, _releases, _loads, message.WithoutPrompt(), instance, TargetOf(instance).ByEndpoint());
}
