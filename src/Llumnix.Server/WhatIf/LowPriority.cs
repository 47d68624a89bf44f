using System.Runtime.InteropServices;

namespace Llumnix.Server.WhatIf;

/// <summary>Work that gives way to everything else on the machine.</summary>
internal static class LowPriority
{
    private const int OfThread = 0;
    private const int Nice = 10;

    /// <summary>Runs work on a thread of its own.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="work">The work, which throws nothing.</param>
    /// <returns>Ends with the work.</returns>
    internal static Task RunAsync(string name, Action work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            // The runtime leaves a thread's priority without effect on Linux, where a thread has a niceness of its own.
            if (OperatingSystem.IsLinux())
            {
                _ = SetPriority(OfThread, 0, Nice);
            }

            work();
            ended.SetResult();
        })
        {
            IsBackground = true, Name = name, Priority = ThreadPriority.Lowest,
        }.Start();
        return ended.Task;
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int priority);
}
