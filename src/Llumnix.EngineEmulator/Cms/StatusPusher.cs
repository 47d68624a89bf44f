using Llumnix.Adapters.Cms;
using Llumnix.EngineEmulator.Engines;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Cms;

/// <summary>Pushes one engine's metadata and status to the CMS, as a llumlet does.</summary>
internal sealed class StatusPusher(EngineRunner engine, InstanceMetadata metadata, IStatusPublisher publisher, EngineHostOptions options) : IDisposable
{
    private static readonly TimeSpan RemoveTimeout = TimeSpan.FromSeconds(2);

    private readonly WakeSignal _metadataDue = new(options.TimeProvider);

    /// <summary>While set, nothing is pushed, so that the status in the CMS becomes stale.</summary>
    public bool Paused { get; set; }

    /// <summary>Writes both keys at once, since the store may have lost them.</summary>
    public void Refresh()
    {
        _metadataDue.Set();
        engine.Changed.Set();
    }

    /// <summary>Pushes until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        Refresh();
        return Task.WhenAll(
            LoopAsync(PushMetadataAsync, cancellationToken),
            LoopAsync(PushStatusAsync, cancellationToken));
    }

    /// <summary>Deletes both keys.</summary>
    public async Task RemoveAsync()
    {
        using var timeout = new CancellationTokenSource(RemoveTimeout, options.TimeProvider);
        try
        {
            await publisher.TryRemoveAsync(metadata.InstanceId, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
        }
    }

    public void Dispose() => _metadataDue.Dispose();

    private static async Task LoopAsync(Func<CancellationToken, Task> push, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await push(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task PushMetadataAsync(CancellationToken cancellationToken)
    {
        await _metadataDue.WaitAsync(options.MetadataInterval, cancellationToken);
        if (!await publisher.TryPublishAsync(metadata, cancellationToken))
        {
            await Task.Delay(options.StatusHeartbeat, options.TimeProvider, cancellationToken);
            _metadataDue.Set();
        }
    }

    private async Task PushStatusAsync(CancellationToken cancellationToken)
    {
        // The delay below is part of the heartbeat interval.
        await engine.Changed.WaitAsync(options.StatusHeartbeat - options.StatusPushInterval, cancellationToken);
        bool pushed = Paused || await publisher.TryPublishAsync(engine.Status(), cancellationToken);
        await Task.Delay(pushed ? options.StatusPushInterval : options.StatusHeartbeat, options.TimeProvider, cancellationToken);
    }
}
