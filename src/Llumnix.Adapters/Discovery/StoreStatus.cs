using Llumnix.Adapters.Outages;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Discovery;

/// <summary>Keeps a source's <see cref="DiscoveryState"/>, and logs its changes.</summary>
/// <param name="store">What is read, for the log.</param>
/// <param name="flags">The flags that say where it is.</param>
/// <param name="logger">The log.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed partial class StoreStatus(string store, string flags, ILogger logger, TimeProvider timeProvider)
{
    /// <summary>The reason of silence when the store has lost every entry.</summary>
    public const string LostAll = "it has lost all instances at once";

    private volatile DiscoveryState _state = new(false, false, null, null, timeProvider.GetUtcNow());
    private readonly OutageLog _outage = new(timeProvider);
    private bool _isTold;

    /// <summary>The present state; may be read from any thread.</summary>
    public DiscoveryState State => _state;

    /// <summary>The store has answered; the sink has its list.</summary>
    /// <param name="silence">Why the answer is not trusted to show the fleet, in words; null when it is trusted.</param>
    public void Answered(string? silence)
    {
        DiscoveryState before = _state;
        _isTold = true;
        if (before.Available && before.Silence == silence)
        {
            return;
        }

        _state = new DiscoveryState(true, true, null, silence, before.Available ? before.Since : timeProvider.GetUtcNow());
        if (!before.Available && _outage.Answers())
        {
            LogAvailable(store);
        }

        TellSilence(before.Silence, silence);
    }

    /// <summary>The store does not answer.</summary>
    /// <param name="error">Why, without secrets.</param>
    public void Failed(string error)
    {
        DiscoveryState before = _state;
        bool isChanged = !_isTold || before.Available;
        _isTold = true;
        _state = before with { Available = false, LastError = error, Since = isChanged ? timeProvider.GetUtcNow() : before.Since };
        if (_outage.Fails(error))
        {
            LogUnavailable(store, error, flags);
        }
    }

    // One line, even when the reason changes.
    private void TellSilence(string? before, string? silence)
    {
        if (before is null && silence is not null)
        {
            LogSilent(store, silence);
        }
        else if (before is not null && silence is null)
        {
            LogHeard(store);
        }
    }
}
