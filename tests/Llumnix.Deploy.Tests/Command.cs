using System.Diagnostics;

namespace Llumnix.Deploy.Tests;

/// <summary>Runs programs to their end.</summary>
internal static class Command
{
    // Much more than any needs on a busy machine, for the programs of the images are compiled in one.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>Whether a program of that name is on the PATH.</summary>
    public static bool Exists(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs a program that must succeed and gives its standard output.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string? folder = null)
    {
        CommandResult result = await TryAsync(program, arguments, folder);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{program} ended with {result.ExitCode}:\n{result.Output}{result.Errors}");
    }

    /// <summary>Runs a program.</summary>
    public static async Task<CommandResult> TryAsync(string program, IEnumerable<string> arguments, string? folder = null)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder ?? Checkout.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return new CommandResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
