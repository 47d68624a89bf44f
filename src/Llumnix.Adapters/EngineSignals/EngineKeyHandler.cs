using Llumnix.Adapters.Secrets;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>Shows engines the API key that they ask for.</summary>
internal sealed class EngineKeyHandler(EngineKey key, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation("Authorization", key.Authorization);
        return base.SendAsync(request, cancellationToken);
    }
}
