using System.Diagnostics;
using System.Globalization;
using Llumnix.Testing.Polling;

namespace Llumnix.Deploy.Tests.Images;

/// <summary>A program that runs as a container would run it: no rights, no home, nowhere to write, none of our environment.</summary>
internal sealed class UnprivilegedProgram : IDisposable
{
    private const string User = "65534";
    private readonly Process _process;

    private UnprivilegedProgram(Process process) => _process = process;

    public static UnprivilegedProgram Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        bool isRoot = Environment.UserName == "root";
        var start = isRoot
            ? new ProcessStartInfo("setpriv", [
                $"--reuid={User}", $"--regid={User}", "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = "/";
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["TMPDIR"] = "/nonexistent";
        // As the images set them.
        start.Environment["ASPNETCORE_HTTP_PORTS"] = "";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root)
        {
            start.Environment["DOTNET_ROOT"] = root;
        }

        foreach ((string name, string value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return new UnprivilegedProgram(process);
    }

    /// <summary>Whether it answers with success at an address by now. It must not have ended.</summary>
    public async Task<bool> AnswersAsync(HttpClient client, string url)
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"the program has ended: {await _process.StandardError.ReadToEndAsync()}");
        }

        try
        {
            return (await client.GetAsync(url, TestContext.Current.CancellationToken)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The user that it runs as, by its number.</summary>
    public async Task<int> FindUserAsync()
    {
        string[] status = await File.ReadAllLinesAsync($"/proc/{_process.Id}/status", TestContext.Current.CancellationToken);
        return int.Parse(status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Asks it to stop and gives what it wrote to standard error.</summary>
    public async Task<(int ExitCode, string Errors)> StopAsync()
    {
        await Command.RunAsync("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        return (_process.ExitCode, await _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
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
