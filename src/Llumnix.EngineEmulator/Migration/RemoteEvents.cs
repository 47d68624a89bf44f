namespace Llumnix.EngineEmulator.Migration;

/// <summary>
/// The connection of a reservation in another process, over which the moved request's events arrive. For one reader; may be disposed from any thread.
/// </summary>
internal sealed class RemoteEvents(HttpResponseMessage response, StreamReader lines) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private bool _isReading;
    private bool _isClosed;

    /// <returns>Null when the connection has ended or is closed.</returns>
    public async Task<string?> ReadAsync()
    {
        lock (_gate)
        {
            _isReading = true;
        }

        try
        {
            return await lines.ReadLineAsync(_closing.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            return null;
        }
        finally
        {
            lock (_gate)
            {
                _isReading = false;
                DisposeIfClosed();
            }
        }
    }

    /// <summary>Closes the connection: the other side aborts the request or releases the reservation.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _isClosed = true;
                _closing.Cancel();
                _closing.Dispose();
                DisposeIfClosed();
            }
        }
    }

    // Not during a read: a read in progress ends by the cancellation and then disposes.
    private void DisposeIfClosed()
    {
        if (!_isReading && _isClosed)
        {
            response.Dispose();
        }
    }
}
