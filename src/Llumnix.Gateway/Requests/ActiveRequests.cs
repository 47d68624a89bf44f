using System.Collections.Concurrent;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// The requests that are under way. One sweep in a second ends those in which nothing moves, so that no request needs a timer of its own.
/// Safe for concurrent use.
/// </summary>
internal sealed class ActiveRequests(TimeProvider time)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<ActiveRequest, bool> _active = new();
    private int _count;
    private TaskCompletionSource? _drained;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes up a request; to be disposed of at its end.</summary>
    /// <param name="patience">How long nothing may move.</param>
    /// <param name="clientGone">Cancelled when the client has gone.</param>
    public ActiveRequest Begin(TimeSpan patience, CancellationToken clientGone)
    {
        var request = new ActiveRequest(time, patience, Remove, clientGone);
        _active[request] = true;
        Interlocked.Increment(ref _count);
        return request;
    }

    /// <summary>Sweeps until it is cancelled.</summary>
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

    /// <summary>Completes when there are none, after no more are taken up.</summary>
    public Task WaitUntilNoneAsync()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _drained, drained);
        Interlocked.MemoryBarrier();
        if (Count == 0)
        {
            drained.TrySetResult();
        }

        return drained.Task;
    }

    /// <summary>Ends all, since the gateway stops.</summary>
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
