namespace Llumnix.EngineEmulator.Migration;

/// <summary>The connection that a reservation lives by, and a moved request's events come over. For one reader; disposed of from anywhere.</summary>
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

    /// <summary>Closes the connection: the other side aborts the request, or drops the reservation.</summary>
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

    // Not below a read that is under way: that one ends by the cancellation.
    private void DisposeIfClosed()
    {
        if (!_isReading && _isClosed)
        {
            response.Dispose();
        }
    }
}
