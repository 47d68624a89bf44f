using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Llumnix.Testing.Servers;

/// <summary>A real server process for a test: ready once its output says so, killed at disposal.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int OutputLines = 50;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Queue<string> _output = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _readyText;

    private ServerProcess(ProcessStartInfo startInfo, string readyText)
    {
        _readyText = readyText;
        _process = new Process { StartInfo = startInfo, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Exited += (_, _) => OnExited();
    }

    /// <summary>Starts the binary and waits until a line of its output contains the ready text.</summary>
    /// <param name="binary">Name of a program on the PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="readyText">The output that shows that it accepts connections.</param>
    /// <param name="installation">How to install the program, for the error message when it is missing.</param>
    /// <exception cref="InvalidOperationException">The binary is missing, or the server ended before it was ready.</exception>
    /// <exception cref="TimeoutException">The server was not ready in time.</exception>
    public static async Task<ServerProcess> StartAsync(
        string binary, IEnumerable<string> arguments, string folder, string readyText, string installation)
    {
        var startInfo = new ProcessStartInfo(binary, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new ServerProcess(startInfo, readyText);
        server.Start(installation);
        try
        {
            await server._ready.Task.WaitAsync(StartTimeout);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a signal to the process.</summary>
    public void Signal(PosixSignalNumber signal)
    {
        using Process kill = Process.Start(
            "kill", [string.Create(CultureInfo.InvariantCulture, $"-{(int)signal}"), _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Start(string installation)
    {
        try
        {
            _process.Start();
        }
        catch (Win32Exception e)
        {
            _process.Dispose();
            throw new InvalidOperationException($"{_process.StartInfo.FileName} cannot be started. {installation}", e);
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void OnExited()
    {
        // Returns when the output has been read to its end.
        _process.WaitForExit();
        _ready.TrySetException(new InvalidOperationException($"{_process.StartInfo.FileName} ended: {Output()}"));
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Enqueue(line);
            if (_output.Count > OutputLines)
            {
                _output.Dequeue();
            }
        }

        if (line.Contains(_readyText, StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }

    private string Output()
    {
        lock (_output)
        {
            return string.Join(Environment.NewLine, _output);
        }
    }
}
