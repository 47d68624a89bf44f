namespace Llumnix.Cli.Load;

/// <summary>The handling of one request by a gateway, from the scheduling to the last token and the release.</summary>
internal interface IExchange
{
    /// <returns>The failure; null when the request was served.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, or the scheduler did not answer in time.</exception>
    /// <exception cref="HttpRequestException">No connection, or a broken one.</exception>
    /// <exception cref="IOException">A connection broke amid the stream.</exception>
    Task<FailureKind?> RunAsync(LoadRequest request, CancellationToken cancellation);
}
