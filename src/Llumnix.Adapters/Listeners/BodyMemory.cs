namespace Llumnix.Adapters.Listeners;

/// <summary>
/// Bounds the memory of bodies that are being read, over all requests. Received bytes count, not announced ones. A body that arrived at once is read
/// in place and takes none.
/// </summary>
/// <param name="limit">In bytes.</param>
public sealed class BodyMemory(long limit)
{
    /// <summary>Largest small body, in bytes. Large bodies leave a quarter of the memory to small ones.</summary>
    public const int SmallBytes = 16 * 1024;

    private const long MebiByte = 1024 * 1024;
    private const long LeastDefault = 32 * MebiByte;
    private const long MostDefault = 1024 * MebiByte;

    private long _taken;

    /// <summary>Bytes in use.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Makes the bound from the option.</summary>
    /// <param name="mebibytes">The option's value; 0: an eighth of the memory that the process may use.</param>
    public static BodyMemory Of(int mebibytes) => new(mebibytes > 0
        ? mebibytes * MebiByte
        : Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, LeastDefault, MostDefault));

    /// <summary>Takes memory for a body until <see cref="Return"/>; false when there is not enough.</summary>
    /// <param name="more">Bytes to take.</param>
    /// <param name="size">Size of the whole body so far, the bytes to take included.</param>
    public bool TryTake(long more, long size)
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
    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
