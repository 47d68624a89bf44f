namespace Llumnix.EngineEmulator.Discovery;

/// <summary>Announces one pod in discovery, again and again, as the sidecar does.</summary>
internal sealed class PodAnnouncer(PodEntry pod, IPodRegistry registry, TimeProvider time)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RemoveTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Announces until cancelled. A failed announcement is soon repeated; the engine does not wait for it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                bool isTaken = await registry.TryAnnounceAsync(pod.PodName, pod.ToBytes(time.GetUtcNow()), cancellationToken);
                await Task.Delay(isTaken || registry.Interval < RetryInterval ? registry.Interval : RetryInterval, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Deletes the entry.</summary>
    public async Task RemoveAsync()
    {
        using var timeout = new CancellationTokenSource(RemoveTimeout, time);
        try
        {
            await registry.TryRemoveAsync(pod.PodName, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
        }
    }
}
