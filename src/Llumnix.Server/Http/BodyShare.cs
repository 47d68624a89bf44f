namespace Llumnix.Server.Http;

/// <summary>What one request holds of the memory for bodies, until it has been answered. Not thread-safe.</summary>
internal sealed class BodyShare(BodyMemory memory) : IDisposable
{
    private long _held;

    /// <summary>Makes the share this large; false when there is not enough memory, and then it is as large as before. Never smaller.</summary>
    internal bool TryGrowTo(long bytes)
    {
        if (bytes <= _held)
        {
            return true;
        }

        if (!memory.TryTake(bytes - _held, bytes))
        {
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
