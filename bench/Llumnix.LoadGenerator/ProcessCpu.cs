using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Llumnix.LoadGenerator;

/// <summary>CPU time of another process.</summary>
internal static partial class ProcessCpu
{
    /// <summary>User and system time so far; zero for no process.</summary>
    /// <remarks>On Linux by the process's own clock, in nanoseconds: /proc counts in steps of 10 ms, which a short run at a light load does not bear.</remarks>
    internal static TimeSpan Of(int processId)
    {
        if (processId == 0)
        {
            return TimeSpan.Zero;
        }

        // The id of a process's CPU clock, as clock_getcpuclockid makes it.
        if (OperatingSystem.IsLinux() && ReadClock((~processId << 3) | 2, out TimeSpec time) == 0)
        {
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
        }

        using Process process = Process.GetProcessById(processId);
        return process.TotalProcessorTime;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ReadClock(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
