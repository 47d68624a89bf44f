using System.Collections.Concurrent;
using Llumnix.Protocol.Http;
using Microsoft.Extensions.Logging;

namespace Llumnix.Cli.Load;

/// <summary>
/// Reports the progress of live requests to a lite-mode scheduler: all of them at an interval, first tokens within a moment. A failed report is
/// dropped, as the next one has newer numbers.
/// </summary>
internal sealed partial class RequestReporter(HttpClient http, GatewayLoadOptions options, Func<string> gatewayId, TimeProvider time, ILogger logger)
{
    private const int MaxRows = 1000;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private readonly Uri _report = new(options.Scheduler, "/report");
    private readonly ConcurrentDictionary<LiveReport, bool> _live = new();

    /// <summary>Reports on a request's use of an instance from now on, until the result is disposed of.</summary>
    public LiveReport Track(LoadRequest request, Instance instance)
    {
        var live = new LiveReport(request, instance, ended => _live.TryRemove(ended, out _));
        _live[live] = true;
        return live;
    }

    /// <summary>Reports until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        long reported = time.GetTimestamp();
        while (!cancellation.IsCancellationRequested)
        {
            await Task.Delay(Tick, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            bool isAllDue = time.GetElapsedTime(reported) >= options.ReportInterval;
            reported = isAllDue ? time.GetTimestamp() : reported;
            foreach (LiveReport[] batch in _live.Keys.Where(live => isAllDue || live.IsDue).Chunk(MaxRows))
            {
                await SendAsync(batch, cancellation);
            }
        }
    }

    private async Task SendAsync(LiveReport[] batch, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.SchedulerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            IReadOnlyList<RequestReport> rows = [.. batch.Select(live => live.Next(gatewayId()))];
            using HttpContent body = JsonBody.From(rows, HttpJsonContext.Default.RequestReports);
            using HttpResponseMessage response = await http.PostAsync(_report, body, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                LogNotTaken(batch.Length, $"status {(int)response.StatusCode}");
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            LogNotTaken(batch.Length, e.Message);
        }
    }
}
