namespace Llumnix.Adapters.Leases;

/// <summary>
/// A store of leases. A lease has one holder at a time, which loses it when it does not renew it for the time to live. All times are measured by the store,
/// or as intervals by our own monotonic clock; no wall clock counts. For any threads.
/// </summary>
/// <remarks>
/// A call that fails may have been carried out: an acquisition whose answer was lost is found by the next one, which renews it. A small value can be kept
/// beside a lease; only the holder writes it, and it outlasts a change of holder.
/// </remarks>
public interface ILeaseStore : IAsyncDisposable
{
    /// <summary>Largest size of a value, in bytes.</summary>
    const int MaxValueBytes = 64 * 1024;

    /// <summary>Reads who holds a lease.</summary>
    /// <param name="lease">The lease's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The holder; a record without holder when the last one has released the lease; null when it was never held, has run out, or was deleted.
    /// </returns>
    /// <exception cref="LeaseStoreException">The store does not answer, or refuses.</exception>
    Task<LeaseRecord?> ReadAsync(string lease, CancellationToken cancellationToken);

    /// <summary>Acquires a lease that nobody holds, or renews it for the candidate that holds it.</summary>
    /// <param name="lease">The lease's name.</param>
    /// <param name="candidate">Who asks.</param>
    /// <param name="ttl">Time to live from now on, at least one second. Some stores round it up to whole seconds.</param>
    /// <param name="aboveEpoch">A new epoch is larger than this one, even when the store has lost what it knew; 0 or above.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// Who holds the lease afterwards: the candidate, with a new epoch if it did not hold the lease before; or another one, and then nothing was changed.
    /// </returns>
    /// <exception cref="LeaseStoreException">The store does not answer, or refuses.</exception>
    Task<LeaseRecord> AcquireAsync(string lease, LeaseCandidate candidate, TimeSpan ttl, long aboveEpoch, CancellationToken cancellationToken);

    /// <summary>Gives a lease back, so that the next candidate does not wait for its end. Does nothing when another one holds it.</summary>
    /// <param name="lease">The lease's name.</param>
    /// <param name="holderId">The id of the candidate that gives it back.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LeaseStoreException">The store does not answer, or refuses.</exception>
    Task ReleaseAsync(string lease, string holderId, CancellationToken cancellationToken);

    /// <summary>Reads a value that is kept beside a lease.</summary>
    /// <param name="lease">The lease's name.</param>
    /// <param name="name">The value's name: lower-case letters, digits and hyphens.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The value; null when there is none.</returns>
    /// <exception cref="LeaseStoreException">The store does not answer, or refuses.</exception>
    Task<byte[]?> ReadValueAsync(string lease, string name, CancellationToken cancellationToken);

    /// <summary>Writes a value beside a lease, as its holder.</summary>
    /// <param name="lease">The lease's name.</param>
    /// <param name="name">The value's name: lower-case letters, digits and hyphens.</param>
    /// <param name="value">At most <see cref="MaxValueBytes"/>.</param>
    /// <param name="epoch">The epoch of the writer's own lease.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False, and nothing is written, when the lease is not held with this epoch any more.</returns>
    /// <exception cref="ArgumentException">The value is too large.</exception>
    /// <exception cref="LeaseStoreException">The store does not answer, or refuses.</exception>
    Task<bool> WriteValueAsync(string lease, string name, ReadOnlyMemory<byte> value, long epoch, CancellationToken cancellationToken);
}
