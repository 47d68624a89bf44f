using Llumnix.Adapters.Secrets;

namespace Llumnix.Gateway.Relay;

/// <summary>What the gateway shows engines to be let in.</summary>
/// <param name="key">The engines' own key; null when they ask for none.</param>
/// <param name="isAuthorizationForwarded">Whether engines see the clients' credentials; never, where they have a key of their own.</param>
internal sealed class EngineAccess(EngineKey? key, bool isAuthorizationForwarded)
{
    /// <summary>Whether engines see the clients' credentials.</summary>
    public bool ShowsClients { get; } = isAuthorizationForwarded && key is null;

    /// <summary>Whether engines are shown a key of their own.</summary>
    public bool HasKey => key is not null;

    /// <summary>Adds the engines' own key, where there is one.</summary>
    public void AddTo(HttpRequestMessage message)
    {
        if (key is not null)
        {
            message.Headers.TryAddWithoutValidation("Authorization", key.Authorization);
        }
    }
}
