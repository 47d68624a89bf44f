using System.Diagnostics;

namespace Llumnix.LoadGenerator;

/// <summary>CPU time of another process.</summary>
internal static class ProcessCpu
{
    /// <summary>User and system time so far; zero for no process.</summary>
    internal static TimeSpan Of(int processId)
    {
        if (processId == 0)
        {
            return TimeSpan.Zero;
        }

        using Process process = Process.GetProcessById(processId);
        return process.TotalProcessorTime;
    }
}
