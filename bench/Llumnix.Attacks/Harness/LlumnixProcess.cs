using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Llumnix.Attacks.Harness;

/// <summary>A real process of the scheduler, or of the gateway: its memory is watched, its log counted, and it is gone at dispose.</summary>
internal sealed class LlumnixProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly LogCount _log;
    private readonly int _limitMiB;
    private readonly Thread _watch;
    private long _peakKiB;
    private volatile bool _isOverLimit;
    private volatile bool _isEnding;

    private LlumnixProcess(Process process, LogCount log, int port, int limitMiB)
    {
        (_process, _log, Port, _limitMiB) = (process, log, port, limitMiB);
        _log.Read(process.StandardOutput.BaseStream);
        _log.Read(process.StandardError.BaseStream);
        _watch = new Thread(Watch) { IsBackground = true, Name = "memory watch" };
        _watch.Start();
    }

    /// <summary>The port that it listens at, on the loopback address.</summary>
    internal int Port { get; }

    /// <summary>Lines that it has written to its log so far.</summary>
    internal long LogLines => _log.Lines;

    /// <summary>Bytes of them.</summary>
    internal long LogBytes => _log.Bytes;

    /// <summary>Resident memory now, in MiB; 0 when it has ended.</summary>
    internal long ResidentMiB => ReadNumber("VmRSS:") / 1024;

    /// <summary>Its threads now; 0 when it has ended.</summary>
    internal long Threads => ReadNumber("Threads:");

    /// <summary>Most resident memory so far, in MiB.</summary>
    internal long PeakMiB => Volatile.Read(ref _peakKiB) / 1024;

    /// <summary>How it is, or how it ended.</summary>
    internal string End => !_process.HasExited ? "alive"
        : _isOverLimit ? string.Create(CultureInfo.InvariantCulture, $"killed above {_limitMiB} MiB")
        : _process.ExitCode > 128 ? string.Create(CultureInfo.InvariantCulture, $"died, exit code {_process.ExitCode} (signal {_process.ExitCode - 128})")
        : string.Create(CultureInfo.InvariantCulture, $"died, exit code {_process.ExitCode}");

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="program">Path of llumnix.dll.</param>
    /// <param name="command">What it is to be: <c>scheduler</c> or <c>gateway</c>.</param>
    /// <param name="port">A free port.</param>
    /// <param name="flags">Its further flags.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="logFile">Gets the beginning of its log; null for none.</param>
    /// <param name="cancellation">Gives up.</param>
    internal static async Task<LlumnixProcess> StartAsync(
        string program, string command, int port, IEnumerable<string> flags, SchedulerLimits limits, string? logFile, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", [program, command, "--host", "127.0.0.1", "--port", $"{port}", .. flags])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith("LLUMNIX_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string? value) in limits.Environment)
        {
            start.Environment[name] = value;
        }

        var scheduler = new LlumnixProcess(Process.Start(start)!, new LogCount(logFile), port, limits.MemoryMiB);
        try
        {
            await scheduler.UntilReadyAsync(cancellation);
            return scheduler;
        }
        catch
        {
            await scheduler.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _watch.Join();
        _log.Dispose();
        _process.Dispose();
    }

    private async Task UntilReadyAsync(CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        long start = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync(client, cancellation))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > StartTimeout)
            {
                throw new InvalidOperationException($"The process is not ready ({End}). The end of its log:\n{_log.Tail}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation);
        }
    }

    private async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri($"http://127.0.0.1:{Port}/readyz"), cancellation);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Watch()
    {
        while (!_isEnding && !_process.HasExited)
        {
            Volatile.Write(ref _peakKiB, Math.Max(_peakKiB, ReadNumber("VmHWM:")));
            if (_peakKiB > _limitMiB * 1024L)
            {
                _isOverLimit = true;
                _process.Kill();
                return;
            }

            Thread.Sleep(WatchInterval);
        }
    }

    private long ReadNumber(string field)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(field.Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended.
            return 0;
        }
    }
}
