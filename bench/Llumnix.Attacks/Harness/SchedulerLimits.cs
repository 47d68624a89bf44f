namespace Llumnix.Attacks.Harness;

/// <summary>What the scheduler under attack may use.</summary>
/// <param name="MemoryMiB">
/// Most resident memory. The process is ended above it, as the kernel ends a container; its heap is bounded to three quarters, as .NET
/// bounds it by itself in a container of that size.
/// </param>
internal sealed record SchedulerLimits(int MemoryMiB)
{
    internal IEnumerable<KeyValuePair<string, string?>> Environment =>
    [
        new("DOTNET_GCHeapHardLimit", Hexadecimal(MemoryMiB * 1024L * 1024 * 3 / 4)),
        new("DOTNET_GCTotalPhysicalMemory", Hexadecimal(MemoryMiB * 1024L * 1024)),
        new("DOTNET_DbgEnableMiniDump", "0"),
    ];

    private static string Hexadecimal(long bytes) => bytes.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
