using Microsoft.Extensions.Logging;

namespace Llumnix.Cluster.Discovery;

/// <summary>Keeps a source's <see cref="DiscoveryState"/>, and logs its changes.</summary>
internal sealed partial class StoreStatus(string store, ILogger logger, TimeProvider timeProvider)
{
    private volatile DiscoveryState _state = new(false, false, null, timeProvider.GetUtcNow());
    private bool _isTold;

    /// <summary>The present state; may be read from any thread.</summary>
    public DiscoveryState State => _state;

    /// <summary>The store has answered; the sink has its list.</summary>
    public void Answered()
    {
        DiscoveryState before = _state;
        if (!before.Available)
        {
            _state = new DiscoveryState(true, true, null, timeProvider.GetUtcNow());
            LogAvailable(store);
        }

        _isTold = true;
    }

    /// <summary>The store does not answer.</summary>
    /// <param name="error">Why, without secrets.</param>
    public void Failed(string error)
    {
        DiscoveryState before = _state;
        bool isChanged = !_isTold || before.Available;
        _isTold = true;
        _state = new DiscoveryState(false, before.FirstListLoaded, error, isChanged ? timeProvider.GetUtcNow() : before.Since);
        if (error != before.LastError)
        {
            LogUnavailable(store, error);
        }
    }
}
