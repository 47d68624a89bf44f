using System.Collections.Concurrent;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// The requests under way. One sweep per second ends requests without progress, so that no request needs a timer of its own. Safe for concurrent use.
/// </summary>
internal sealed class ActiveRequests(TimeProvider time)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<ActiveRequest, bool> _active = new();
    private int _count;
    private TaskCompletionSource? _drained;

    /// <summary>Number of requests under way.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a request. The caller disposes of it at its end, which removes it.</summary>
    /// <param name="patience">Longest time without progress.</param>
    /// <param name="clientGone">Cancelled when the client has gone.</param>
    public ActiveRequest Begin(TimeSpan patience, CancellationToken clientGone)
    {
        var request = new ActiveRequest(time, patience, Remove, clientGone);
        _active[request] = true;
        Interlocked.Increment(ref _count);
        return request;
    }

    /// <summary>Sweeps until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(SweepInterval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            foreach ((ActiveRequest request, _) in _active)
            {
                request.EndIfStill();
            }
        }
    }

    /// <summary>Completes when no request is under way. Called after the last request has been added.</summary>
    public Task WaitUntilNoneAsync()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _drained, drained);
        // Either Remove sees the task's source, or the count read here includes its decrement; without the barrier both could be missed.
        Interlocked.MemoryBarrier();
        if (Count == 0)
        {
            drained.TrySetResult();
        }

        return drained.Task;
    }

    /// <summary>Ends all requests because the gateway stops.</summary>
    public void EndAll()
    {
        foreach ((ActiveRequest request, _) in _active)
        {
            request.End(RequestEnd.Stopping);
        }
    }

    private void Remove(ActiveRequest request)
    {
        _active.TryRemove(request, out _);
        if (Interlocked.Decrement(ref _count) == 0)
        {
            Volatile.Read(ref _drained)?.TrySetResult();
        }
    }
}
