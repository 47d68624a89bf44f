using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The scheduler as a process of its own, which a test can end and which it survives.</summary>
internal sealed class SchedulerProcess : IAsyncDisposable
{
    private readonly Process _process;

    /// <param name="args">Its flags.</param>
    public SchedulerProcess(params string[] args)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Llumnix.Server"), args)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it listens; 0 unless <see cref="StartLiteAsync"/> has started it.</summary>
    public int Port { get; private init; }

    /// <summary>The lines that it has written.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts one in lite mode with one instance, and waits until it is ready.</summary>
    /// <param name="more">More flags.</param>
    public static Task<SchedulerProcess> StartLiteAsync(params string[] more) => StartLiteAtAsync(FreePort.Find(1)[0], more);

    /// <summary><see cref="StartLiteAsync"/> at a port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="more">More flags.</param>
    public static async Task<SchedulerProcess> StartLiteAtAsync(int port, params string[] more)
    {
        var scheduler = new SchedulerProcess(
        [
            "--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={port}"), "--enable-full-mode-scheduling=false",
            "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=10.0.0.1:8000", .. more,
        ])
        {
            Port = port,
        };
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                using HttpResponseMessage answer = await client.GetAsync("/readyz", TestContext.Current.CancellationToken);
                return answer.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return scheduler;
    }

    /// <summary>Asks it to end.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Ends it at once, as a crash would.</summary>
    public void Kill() => Signal("KILL");

    /// <summary>Suspends it: its connections stay open without answers.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>Resumes it.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>Waits for its end, and gives its exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
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

    private void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            Lines.Enqueue(line);
        }
    }
}
