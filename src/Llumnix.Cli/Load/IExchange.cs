namespace Llumnix.Cli.Load;

/// <summary>What a gateway does with one request, from asking for a place to the last token and the release.</summary>
internal interface IExchange
{
    /// <returns>What went wrong; null when the request was served.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, or the scheduler did not answer in time.</exception>
    /// <exception cref="HttpRequestException">No connection, or a broken one.</exception>
    /// <exception cref="IOException">A connection broke amid the stream.</exception>
    Task<FailureKind?> RunAsync(LoadRequest request, CancellationToken cancellation);
}
