using System.Diagnostics;

namespace Llumnix.LoadGenerator;

/// <summary>Memory of another process.</summary>
internal static class ProcessMemory
{
    /// <summary>Its working set in bytes; 0 for no process.</summary>
    internal static long Of(int processId)
    {
        if (processId == 0)
        {
            return 0;
        }

        using Process process = Process.GetProcessById(processId);
        return process.WorkingSet64;
    }
}
