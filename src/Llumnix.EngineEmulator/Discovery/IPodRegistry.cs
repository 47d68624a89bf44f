namespace Llumnix.EngineEmulator.Discovery;

/// <summary>Port: the store in which pods announce their engines, as a discovery sidecar does.</summary>
internal interface IPodRegistry : IAsyncDisposable
{
    /// <summary>Time between two announcements of a pod.</summary>
    TimeSpan Interval { get; }

    /// <summary>Writes a pod's entry and keeps it alive until the next announcement.</summary>
    /// <param name="podName">The pod.</param>
    /// <param name="entry">The entry's bytes.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when the store did not accept it.</returns>
    Task<bool> TryAnnounceAsync(string podName, byte[] entry, CancellationToken cancellationToken);

    /// <summary>Deletes a pod's entry.</summary>
    /// <returns>False when the store did not answer.</returns>
    Task<bool> TryRemoveAsync(string podName, CancellationToken cancellationToken);
}
