using Llumnix.Gateway.Http;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Workloads;
using Microsoft.Extensions.Logging;

namespace Llumnix.Cli.Load;

/// <summary>Plays a workload in real time against a scheduler and its engines, as a Llumnix gateway does.</summary>
internal sealed partial class GatewayLoad : IDisposable
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);
    private readonly GatewayLoadOptions _options;
    private readonly LoadStatistics _statistics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpClient _http;
    private readonly IExchange _exchange;
    private readonly KeepAliveLink? _link;
    private readonly RequestReporter? _reporter;
    private readonly string _idPrefix = Guid.NewGuid().ToString("N")[..12];

    public GatewayLoad(GatewayLoadOptions options, LoadStatistics statistics, TimeProvider time, ILogger<GatewayLoad> logger)
    {
        (_options, _statistics, _time, _logger) = (options, statistics, time, logger);
        _http = ClientFactory.Create(Timeout.InfiniteTimeSpan, JsonBody.MaxBytes);
        var access = new SchedulerAccess(options.Scheduler) { Timeout = options.SchedulerTimeout };
        var client = new SchedulerClient(_http, access, time, logger);
        _link = options.IsLiteMode ? new KeepAliveLink(access, time, logger) : null;
        _reporter = options.IsLiteMode ? new RequestReporter(client, options.ReportInterval, time) : null;
        var scheduler = new LoadPlacer(client, options, GatewayId, _reporter, statistics);
        var engine = new EngineClient(_http, options.Model, statistics);
        _exchange = (options.Mode, options.IsKvt) switch
        {
            (SchedulingMode.Neutral, _) => new NeutralExchange(scheduler, engine),
            (SchedulingMode.PdBatch, true) => new KvtBatchExchange(scheduler, engine),
            _ => new DisaggregatedExchange(scheduler, engine, options.Mode == SchedulingMode.PdStaged),
        };
    }

    /// <summary>
    /// Sends every request when it is due and waits until all have ended. Requests that are open after the drain, or on cancellation, are cut off and
    /// released. Never throws for these; the results are in the statistics.
    /// </summary>
    /// <param name="arrivals">The requests in the order of their offsets.</param>
    /// <param name="cancellation">Stops the load.</param>
    public async Task PlayAsync(IReadOnlyList<RequestArrival> arrivals, CancellationToken cancellation)
    {
        using var stopped = new CancellationTokenSource();
        Task linked = Task.WhenAll(
            _link?.RunAsync(stopped.Token) ?? Task.CompletedTask, _reporter?.RunAsync(stopped.Token) ?? Task.CompletedTask);
        await WaitForLinkAsync(cancellation);
        using var cutOff = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task open = Task.WhenAll(await DispatchAsync(arrivals, cutOff.Token));
        using var drained = CancellationTokenSource.CreateLinkedTokenSource(cutOff.Token);
        await Task.WhenAny(open, Task.Delay(_options.Drain, _time, drained.Token));
        await drained.CancelAsync();
        await cutOff.CancelAsync();
        await open;
        await stopped.CancelAsync();
        await linked;
    }

    public void Dispose() => _http.Dispose();

    private string GatewayId() => _link is null ? _options.GatewayId : _link.GatewayId;

    /// <summary>Waits for the keep-alive connection; a scheduler that accepts none is used nevertheless.</summary>
    private async Task WaitForLinkAsync(CancellationToken cancellation)
    {
        if (_link is not null)
        {
            Task connected = _link.Connected.WaitAsync(_options.SchedulerTimeout, _time, cancellation);
            await connected.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One loop sends all requests: with a timer for each, many would be late when many are due.</summary>
    private async Task<List<Task>> DispatchAsync(IReadOnlyList<RequestArrival> arrivals, CancellationToken cutOff)
    {
        _statistics.OnStarted();
        long start = _time.GetTimestamp();
        var open = new List<Task>(arrivals.Count);
        foreach (RequestArrival arrival in arrivals)
        {
            await WaitUntilAsync(start, arrival.Offset, cutOff);
            if (cutOff.IsCancellationRequested)
            {
                break;
            }

            open.Add(RunAsync(RequestFor(arrival, start, open.Count), cutOff));
        }

        return open;
    }

    private async Task WaitUntilAsync(long start, TimeSpan offset, CancellationToken cancellation)
    {
        while (offset - _time.GetElapsedTime(start) is { Ticks: > 0 } wait && !cancellation.IsCancellationRequested)
        {
            // Timers truncate to whole milliseconds; a remainder below one would become zero and make this loop spin.
            TimeSpan delayed = TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(wait.TotalMilliseconds), LongestDelay.TotalMilliseconds));
            Task delay = Task.Delay(delayed, _time, cancellation);
            await delay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private LoadRequest RequestFor(RequestArrival arrival, long start, int index)
    {
        long due = start + (long)(arrival.Offset.TotalSeconds * _time.TimestampFrequency);
        return new($"{_idPrefix}-{index}", arrival, new(_time, due, arrival.OutputTokens))
        {
            TokenIds = _options.SendsTokenIds ? PromptTokens.Of(arrival) : null,
        };
    }

    private async Task RunAsync(LoadRequest request, CancellationToken cutOff)
    {
        _statistics.OnSent(request.Timeline.Age);
        using var limit = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cutOff);
        try
        {
            OnEnded(request, await _exchange.RunAsync(request, either.Token), "answered so");
        }
        catch (OperationCanceledException) when (cutOff.IsCancellationRequested)
        {
            _statistics.OnCutOff(request.Timeline);
        }
        catch (OperationCanceledException)
        {
            OnEnded(request, FailureKind.Timeout, "no answer in time");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            OnEnded(request, FailureKind.Connection, exception.Message);
        }
    }

    private void OnEnded(LoadRequest request, FailureKind? failure, string reason)
    {
        if (failure is { } kind)
        {
            _statistics.OnFailed(kind);
            LogFailed(request.Id, kind, reason);
        }
        else
        {
            _statistics.OnCompleted(request.Timeline);
        }
    }
}
