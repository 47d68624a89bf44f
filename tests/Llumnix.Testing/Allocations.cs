namespace Llumnix.Testing;

/// <summary>Counts what code allocates, for tests of paths that must not.</summary>
public static class Allocations
{
    private const int Tries = 100;

    /// <summary>Bytes that the action allocates on this thread.</summary>
    /// <param name="action">Something that may be run many times and allocates alike each time.</param>
    /// <remarks>
    /// A garbage collection takes the thread's unused allocation buffer away, and the runtime's counter can then be up to 8 KiB too high. Tests
    /// run in parallel, so a count that a collection falls into is taken again.
    /// </remarks>
    /// <exception cref="InvalidOperationException">A collection fell into each try: the action takes too long, or allocates a lot itself.</exception>
    public static long Of(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        for (int i = 0; i < Tries; i++)
        {
            int collections = GC.CollectionCount(0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (bytes == 0 || GC.CollectionCount(0) == collections)
            {
                return bytes;
            }
        }

        throw new InvalidOperationException($"A garbage collection fell into each of {Tries} tries.");
    }
}
