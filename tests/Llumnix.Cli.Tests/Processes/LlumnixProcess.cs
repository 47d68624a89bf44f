using System.Diagnostics;
using System.Globalization;

namespace Llumnix.Cli.Tests.Processes;

/// <summary>A process of the <c>llumnix</c> command; killed at disposal where it still runs.</summary>
internal sealed class LlumnixProcess : IDisposable
{
    private readonly Process _process;

    private LlumnixProcess(Process process) => _process = process;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts it.</summary>
    /// <param name="args">The command and its flags.</param>
    public static LlumnixProcess Start(params string[] args) => Start(new Dictionary<string, string>(), args);

    /// <summary>Starts it with environment variables in addition to those of the tests.</summary>
    /// <param name="environment">The variables.</param>
    /// <param name="args">The command and its flags.</param>
    public static LlumnixProcess Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "llumnix"), args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new LlumnixProcess(Process.Start(start)!);
    }

    /// <summary>Runs one that ends by itself.</summary>
    public static Task<(int ExitCode, string Errors)> RunAsync(params string[] args) => RunAsync(new Dictionary<string, string>(), args);

    /// <summary>Runs one that ends by itself, with environment variables in addition to those of the tests.</summary>
    public static async Task<(int ExitCode, string Errors)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        using LlumnixProcess started = Start(environment, args);
        Task<string> errors = started._process.StandardError.ReadToEndAsync(Cancellation);
        await started._process.StandardOutput.ReadToEndAsync(Cancellation);
        await started._process.WaitForExitAsync(Cancellation);
        return (started._process.ExitCode, await errors);
    }

    /// <summary>Runs one that ends by itself.</summary>
    /// <returns>What it has written to its output.</returns>
    public static async Task<string> ReadAsync(params string[] args)
    {
        using LlumnixProcess started = Start(args);
        Task<string> errors = started._process.StandardError.ReadToEndAsync(Cancellation);
        string output = await started._process.StandardOutput.ReadToEndAsync(Cancellation);
        await errors;
        return output;
    }

    /// <summary>The next line of its output; empty at the end.</summary>
    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync(Cancellation) ?? "";

    /// <summary>The line that tells the version and, at its end, the address; empty when the output ends before it.</summary>
    public async Task<string> ReadStartAsync()
    {
        string line;
        do
        {
            line = await ReadLineAsync();
        }
        while (line.Length > 0 && !line.Contains("listening on", StringComparison.Ordinal));
        return line;
    }

    /// <summary>Sends SIGTERM.</summary>
    public async Task TerminateAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancellation);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(Cancellation);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
