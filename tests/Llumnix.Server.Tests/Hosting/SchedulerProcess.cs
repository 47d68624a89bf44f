using System.Collections.Concurrent;
using System.Diagnostics;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The scheduler as a process of its own, so that a test survives its end.</summary>
internal sealed class SchedulerProcess : IAsyncDisposable
{
    private readonly Process _process;

    /// <param name="args">Its flags.</param>
    public SchedulerProcess(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Llumnix.Server.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Lines.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => Lines.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Ends it with SIGTERM, and gives its exit code.</summary>
    public async Task<int> StopAsync(CancellationToken cancellation)
    {
        using Process kill = Process.Start("kill", ["-15", $"{_process.Id}"]);
        await kill.WaitForExitAsync(cancellation);
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    /// <summary>Ends it with SIGKILL if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
