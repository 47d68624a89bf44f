namespace Llumnix.Adapters.Listeners;

/// <summary>The memory for bodies that one request has taken, until it has been answered. Not thread-safe.</summary>
public sealed class BodyShare(BodyMemory memory) : IDisposable
{
    private long _held;

    /// <summary>Whether there was not enough memory for it.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Grows the share to a size, never shrinks it; false, and no change, when there is not enough memory.</summary>
    public bool TryGrowTo(long bytes)
    {
        if (bytes <= _held)
        {
            return true;
        }

        if (!memory.TryTake(bytes - _held, bytes))
        {
            IsRefused = true;
            return false;
        }

        _held = bytes;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        memory.Return(_held);
        _held = 0;
    }
}
