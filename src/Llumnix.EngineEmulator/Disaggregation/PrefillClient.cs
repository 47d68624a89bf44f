using System.Net.Http.Json;
using Llumnix.EngineEmulator.Engines;

namespace Llumnix.EngineEmulator.Disaggregation;

/// <summary>The decode engine's side of vllm-kvt: calls to the kvt ports of prefill engines.</summary>
internal sealed class PrefillClient(HttpClient http, EngineHostOptions options)
{
    /// <summary>Makes another engine compute a prompt and waits for the result.</summary>
    /// <returns>
    /// An object that keeps the KV at that engine until it is disposed; null when the engine is away, refuses, breaks off or takes too long.
    /// </returns>
    /// <exception cref="OperationCanceledException">Cancelled; the other engine drops the request.</exception>
    public async Task<IDisposable?> PrefillAsync(EngineAddress engine, PrefillMessage message, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.PrefillTimeout, options.TimeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, engine.UriOf(PrefillEndpoints.Path))
        {
            Content = JsonContent.Create(message, DisaggregationJson.Default.PrefillMessage),
        };
        HttpResponseMessage? response = null;
        bool isComputed = false;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ending.Token);
            isComputed = response.IsSuccessStatusCode && await ReadLineAsync(response, ending.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
        finally
        {
            if (!isComputed)
            {
                response?.Dispose();
            }
        }

        return isComputed ? response : null;
    }

    /// <summary>
    /// Tells another engine that the KV of a request has been pulled. If the call fails, that engine drops the KV after its own timeout.
    /// </summary>
    public async Task FreeAsync(EngineAddress engine, string requestId)
    {
        using var timeout = new CancellationTokenSource(options.MigrationTimeout, options.TimeProvider);
        try
        {
            using HttpResponseMessage answer = await http.DeleteAsync(
                engine.UriOf(PrefillEndpoints.Path, $"?{PrefillEndpoints.RequestIdParameter}={Uri.EscapeDataString(requestId)}"), timeout.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // The other engine drops the KV by its timeout.
        }
    }

    private static async Task<bool> ReadLineAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await body.ReadAsync(new byte[1], cancellationToken) > 0;
    }
}
