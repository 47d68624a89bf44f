namespace Llumnix.Scheduling.PrefixCache;

/// <summary>Port: the KV store's metadata service, which knows the hosts that hold each chunk. For any threads.</summary>
public interface IKvMetadataService
{
    /// <summary>Queries the hosts of some chunks, without retries.</summary>
    /// <param name="keys">Chunk keys, at least one, each once.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// For each key, in order, the hosts that hold the chunk, without duplicates and normalized by <see cref="Instances.HostAddress.Normalize"/>;
    /// empty when there are none.
    /// </returns>
    /// <exception cref="KvMetadataException">The service does not answer, or answers with an error.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);
}
