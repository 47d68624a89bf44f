using Llumnix.Adapters.Leases;

namespace Llumnix.Server.Rescheduling;

/// <summary>The lease without which no cycle begins, so that of several reschedulers one plans at a time.</summary>
/// <param name="store">Keeps the lease; disposed with it.</param>
/// <param name="holder">Holds it.</param>
/// <param name="cycle">Longest time from the start of a cycle to the end of its last call.</param>
/// <param name="call">Longest time of a call.</param>
/// <param name="time">Timeouts.</param>
internal sealed class ReschedulerLease(ILeaseStore store, LeaseHolder holder, TimeSpan cycle, TimeSpan call, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Whether a whole cycle fits into what is left of the lease.</summary>
    internal bool AllowsCycle => holder.HasLeft(cycle);

    /// <summary>Whether the calls of a plan fit into what is left of the lease.</summary>
    internal bool AllowsCalls => holder.HasLeft(call);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    /// <summary>Holds the lease, or waits for it, until it is cancelled.</summary>
    internal async Task HoldAsync(CancellationToken cancellation)
    {
        try
        {
            await holder.RunAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    /// <summary>Gives the lease back after the last cycle.</summary>
    internal async Task ReleaseAsync()
    {
        using var timeout = new CancellationTokenSource(ReleaseTimeout, time);
        try
        {
            await holder.ResignAsync(timeout.Token);
        }
        catch (Exception exception) when (exception is LeaseStoreException or OperationCanceledException)
        {
            // It runs out by itself.
        }
    }
}
