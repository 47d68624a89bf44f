using Llumnix.Gateway.Http;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Cli.Load;

/// <summary>Plays a workload in real time against a gateway, as its clients do.</summary>
internal sealed class GatewayLoad : IDisposable
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);
    private readonly GatewayLoadOptions _options;
    private readonly LoadStatistics _statistics;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly CompletionClient _client;
    private readonly string _idPrefix = Guid.NewGuid().ToString("N")[..12];

    public GatewayLoad(GatewayLoadOptions options, LoadStatistics statistics, TimeProvider time)
    {
        (_options, _statistics, _time) = (options, statistics, time);
        _http = ClientFactory.Create(Timeout.InfiniteTimeSpan, JsonBody.MaxBytes);
        _client = new CompletionClient(_http, options, statistics);
    }

    /// <summary>
    /// Sends every request when it is due and waits until all have ended. Requests that are open after the drain, or on cancellation, are cut
    /// off. Never throws for these; the results are in the statistics.
    /// </summary>
    /// <param name="arrivals">The requests in the order of their offsets.</param>
    /// <param name="cancellation">Stops the load.</param>
    public async Task PlayAsync(IReadOnlyList<RequestArrival> arrivals, CancellationToken cancellation)
    {
        using var cutOff = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task open = Task.WhenAll(await DispatchAsync(arrivals, cutOff.Token));
        using var drained = CancellationTokenSource.CreateLinkedTokenSource(cutOff.Token);
        await Task.WhenAny(open, Task.Delay(_options.Drain, _time, drained.Token));
        await drained.CancelAsync();
        await cutOff.CancelAsync();
        await open;
    }

    public void Dispose() => _http.Dispose();

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
        return new($"{_idPrefix}-{index}", arrival, new(_time, due, arrival.OutputTokens));
    }

    private async Task RunAsync(LoadRequest request, CancellationToken cutOff)
    {
        _statistics.OnSent(request.Timeline);
        using var limit = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cutOff);
        try
        {
            OnEnded(request, await _client.StreamAsync(request, either.Token));
        }
        catch (OperationCanceledException) when (cutOff.IsCancellationRequested)
        {
            _statistics.OnCutOff(request.Timeline);
        }
        catch (OperationCanceledException)
        {
            _statistics.OnFailed(FailureKind.Timeout);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            _statistics.OnFailed(FailureKind.Connection);
        }
    }

    private void OnEnded(LoadRequest request, FailureKind? failure)
    {
        if (failure is { } kind)
        {
            _statistics.OnFailed(kind);
        }
        else
        {
            _statistics.OnCompleted(request.Timeline);
        }
    }
}
