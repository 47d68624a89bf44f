namespace Llumnix.EngineEmulator.Discovery;

/// <summary>Port: where pods tell which engines they run, as a discovery sidecar does.</summary>
internal interface IPodRegistry : IAsyncDisposable
{
    /// <summary>Time between two announcements of a pod.</summary>
    TimeSpan Interval { get; }

    /// <summary>Writes a pod's entry, and sees to it that it lives until the next announcement.</summary>
    /// <param name="podName">The pod.</param>
    /// <param name="entry">The entry's bytes.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when the store did not take it.</returns>
    Task<bool> TryAnnounceAsync(string podName, byte[] entry, CancellationToken cancellationToken);

    /// <summary>Deletes a pod's entry.</summary>
    /// <returns>False when the store did not answer.</returns>
    Task<bool> TryRemoveAsync(string podName, CancellationToken cancellationToken);
}
