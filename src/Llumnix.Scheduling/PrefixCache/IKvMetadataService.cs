namespace Llumnix.Scheduling.PrefixCache;

/// <summary>Port: knows which hosts hold which chunks. For any threads.</summary>
public interface IKvMetadataService
{
    /// <summary>Asks which hosts hold these chunks; one question, no retries.</summary>
    /// <param name="keys">Chunk keys, at least one, each once.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>For each key, in the order of the keys, the hosts that hold the chunk, each once and as
    /// <see cref="Instances.HostAddress.Normalize"/> gives them; empty when nobody does.</returns>
    /// <exception cref="KvMetadataException">The service does not answer, or not as it should.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);
}
