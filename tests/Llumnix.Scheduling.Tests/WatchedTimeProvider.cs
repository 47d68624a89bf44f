using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Scheduling.Tests;

/// <summary>A clock that stands still and tells when it is looked at.</summary>
internal sealed class WatchedTimeProvider : FakeTimeProvider
{
    private Action? _onLook;
    private int _looks;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        if (_onLook is { } onLook && --_looks == 0)
        {
            _onLook = null;
            onLook();
        }

        return base.GetTimestamp();
    }

    /// <summary>Calls back once, at a look from now on.</summary>
    /// <param name="looks">At which look, from 1.</param>
    /// <param name="onLook">Called before the clock tells the time.</param>
    internal void WatchFrom(int looks, Action onLook) => (_looks, _onLook) = (looks, onLook);
}
