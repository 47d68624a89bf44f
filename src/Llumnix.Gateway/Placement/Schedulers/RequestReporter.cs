using System.Collections.Concurrent;
using Llumnix.Protocol.Http;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>
/// Reports the progress of live requests to a scheduler: all of them at an interval, first tokens within a moment. A failed report is
/// dropped, as the next one has newer numbers.
/// </summary>
/// <param name="client">Sends the reports.</param>
/// <param name="interval">Time between two reports of all live requests, above 0.</param>
/// <param name="time">The clock.</param>
public sealed class RequestReporter(SchedulerClient client, TimeSpan interval, TimeProvider time)
{
    private const int MaxRows = 1000;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private readonly ConcurrentDictionary<ReportedRequest, bool> _live = new();

    /// <summary>Reports on a request's use of an instance from now on, until the result is disposed of.</summary>
    /// <param name="message">The message of the placement.</param>
    /// <param name="instance">The instance, as the scheduler has answered it.</param>
    /// <param name="outputTokens">Tokens of the answer so far; called from another thread.</param>
    public IDisposable Track(ScheduleRequestBody message, Instance instance, Func<int> outputTokens)
    {
        var live = new ReportedRequest(message, instance, outputTokens, ended => _live.TryRemove(ended, out _));
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
            bool isAllDue = time.GetElapsedTime(reported) >= interval;
            reported = isAllDue ? time.GetTimestamp() : reported;
            foreach (ReportedRequest[] batch in _live.Select(static pair => pair.Key).Where(live => isAllDue || live.IsDue).Chunk(MaxRows))
            {
                await client.ReportAsync([.. batch.Select(static live => live.Next())], cancellation);
            }
        }
    }
}
