using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Disaggregation;

/// <summary>A call to a prefill engine that goes on while the decode engine is waited for. Disposal ends it.</summary>
/// <param name="active">What ends the request from outside.</param>
internal sealed class SimultaneousPrefill(ActiveRequest active) : IAsyncDisposable
{
    private const int ReadBytes = 4096;
    private readonly CancellationTokenSource _prefillEnding = CancellationTokenSource.CreateLinkedTokenSource(active.Ending);
    private readonly CancellationTokenSource _decodeEnding = CancellationTokenSource.CreateLinkedTokenSource(active.Ending);
    private Task _reading = Task.CompletedTask;
    private volatile bool _hasDecodeStarted;
    private volatile bool _hasFailed;

    /// <summary>Whether the prefill engine broke off before the decode engine had the KV cache.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Ends the call to the prefill engine.</summary>
    public CancellationToken PrefillEnding => _prefillEnding.Token;

    /// <summary>Ends the call to the decode engine: nothing comes of it when prefill fails.</summary>
    public CancellationToken DecodeEnding => _decodeEnding.Token;

    /// <summary>Ends the call to the prefill engine.</summary>
    public Task EndPrefillAsync() => _prefillEnding.CancelAsync();

    /// <summary>Ends the call to the decode engine.</summary>
    public Task EndDecodeAsync() => _decodeEnding.CancelAsync();

    /// <summary>Something of the decode engine's answer has come: it has the KV cache, and what becomes of the prefill call does not matter any more.</summary>
    public void OnDecodeStarted() => _hasDecodeStarted = true;

    /// <summary>Reads the prefill engine's answer, of which nothing is needed, in the background. When it breaks off, the call to the decode engine is ended.</summary>
    /// <param name="answer">The answer; taken over.</param>
    /// <param name="placed">The prefill instance is given back when all has come.</param>
    public void Read(HttpResponseMessage answer, PlacedRequest placed) => _reading = ReadAsync(answer, placed);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _prefillEnding.CancelAsync();
        await _reading;
        _prefillEnding.Dispose();
        _decodeEnding.Dispose();
    }

    private async Task ReadAsync(HttpResponseMessage answer, PlacedRequest placed)
    {
        using HttpResponseMessage owned = answer;
        try
        {
            await using Stream stream = await answer.Content.ReadAsStreamAsync(PrefillEnding);
            var buffer = new byte[ReadBytes];
            while (await stream.ReadAsync(buffer, PrefillEnding) > 0)
            {
                active.Touch();
            }

            await placed.ReleasePrefillAsync();
        }
        catch (OperationCanceledException) when (PrefillEnding.IsCancellationRequested)
        {
            // The attempt is over.
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            if (!_hasDecodeStarted)
            {
                _hasFailed = true;
                await EndDecodeAsync();
            }
        }
    }
}
