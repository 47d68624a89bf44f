using Llumnix.Protocol.Http;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>
/// Releases that are under way, so that no client waits for a scheduler to take one. Bounded: beyond the bound a release is dropped, counted and logged.
/// Safe for concurrent use.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="logger">Dropped releases.</param>
internal sealed partial class ReleaseQueue(TimeProvider time, ILogger<ReleaseQueue> logger)
{
    private const int MaxPending = 16_384;
    private readonly Lock _gate = new();
    private int _pending;
    private TaskCompletionSource? _emptied;

    /// <summary>Releases that are under way.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Begins a release and returns.</summary>
    /// <returns>Completes when it is over; does not fail.</returns>
    public Task Post(SchedulerClient scheduler, ScheduleRequestBody message, Instance instance)
    {
        lock (_gate)
        {
            if (_pending < MaxPending)
            {
                _pending++;
                return SendAsync(scheduler, message, instance);
            }
        }

        LogDropped(message.Id);
        return Task.CompletedTask;
    }

    /// <summary>Waits until none is under way, or the time is up.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        Task emptied;
        lock (_gate)
        {
            if (_pending == 0)
            {
                return;
            }

            _emptied ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            emptied = _emptied.Task;
        }

        await Task.WhenAny(emptied, Task.Delay(limit, time, CancellationToken.None));
    }

    private async Task SendAsync(SchedulerClient scheduler, ScheduleRequestBody message, Instance instance)
    {
        // Not under the lock.
        await Task.Yield();
        await scheduler.ReleaseAsync(message, [instance]);
        lock (_gate)
        {
            if (--_pending == 0)
            {
                _emptied?.TrySetResult();
                _emptied = null;
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The release of request {RequestId} is dropped: too many are under way")]
    private partial void LogDropped(string requestId);
}
