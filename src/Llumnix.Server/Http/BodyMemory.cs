namespace Llumnix.Server.Http;

/// <summary>
/// Bounds the memory that bodies take while they are read, over all requests. What counts is what has arrived, not what was announced. A
/// body that has arrived at once does not come here at all.
/// </summary>
/// <param name="limit">In bytes.</param>
internal sealed class BodyMemory(long limit)
{
    /// <summary>A body up to here is small. Large ones leave a quarter of the memory to small ones. In bytes.</summary>
    internal const int SmallBytes = 16 * 1024;

    private const long MebiByte = 1024 * 1024;
    private const long LeastDefault = 32 * MebiByte;
    private const long MostDefault = 1024 * MebiByte;

    private long _taken;

    /// <summary>Bytes that are taken now.</summary>
    internal long Taken => Interlocked.Read(ref _taken);

    /// <summary>The memory that options describe.</summary>
    /// <param name="mebibytes">The option; 0 for an eighth of what the process may use.</param>
    internal static BodyMemory Of(int mebibytes) => new(mebibytes > 0
        ? mebibytes * MebiByte
        : Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, LeastDefault, MostDefault));

    /// <summary>Takes memory for a body, to be given back by <see cref="Return"/>; false when there is not enough.</summary>
    /// <param name="more">Bytes to take.</param>
    /// <param name="size">The whole body's bytes, with these.</param>
    internal bool TryTake(long more, long size)
    {
        long bound = size <= SmallBytes ? limit : limit - (limit / 4);
        if (Interlocked.Add(ref _taken, more) <= bound)
        {
            return true;
        }

        Return(more);
        return false;
    }

    /// <summary>Gives memory back.</summary>
    internal void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
