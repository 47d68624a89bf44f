namespace Llumnix.Adapters.Discovery;

/// <summary>
/// Reads the body of each answer that is no watch as a whole, within a bound and until the request is cancelled. The client itself reads them
/// synchronously, without a bound or a timeout, and would lose a thread to each body that stops in the middle.
/// </summary>
internal sealed class KubernetesBodies : DelegatingHandler
{
    // A page has at most 500 pods, most often of 5 to 20 KB.
    private const long MaxBytes = 64 << 20;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal))
        {
            return response;
        }

        try
        {
            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
