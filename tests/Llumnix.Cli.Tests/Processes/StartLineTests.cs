using Llumnix.Server.Telemetry;
using Llumnix.Testing.Servers;

namespace Llumnix.Cli.Tests.Processes;

/// <summary>The first line of server processes, and their help.</summary>
public sealed class StartLineTests
{
    [Theory]
    [InlineData("scheduler", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=10.0.0.1:8000")]
    [InlineData("rescheduler", "--cms-redis-host=127.0.0.1", "--cms-redis-port=1")]
    public async Task Start_Scheduler_TellsVersionAndAddresses(string program, params string[] flags)
    {
        int[] ports = FreePort.Find(2);
        using LlumnixProcess process = LlumnixProcess.Start(
            [program, "--host=127.0.0.1", FormattableString.Invariant($"--port={ports[0]}"), FormattableString.Invariant($"--admin-port={ports[1]}"), .. flags]);
        string line;
        do
        {
            line = await process.ReadLineAsync();
        }
        while (line.Length > 0 && !line.Contains("listening on", StringComparison.Ordinal));

        Assert.EndsWith(
            FormattableString.Invariant($"llumnix {BuildVersion.Version} {program}: listening on http://127.0.0.1:{ports[0]}, http://127.0.0.1:{ports[1]}"),
            line,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scheduler")]
    [InlineData("rescheduler")]
    [InlineData("serve")]
    [InlineData("gateway")]
    [InlineData("llumlet")]
    public async Task Help_Program_IsUnderItsOwnName(string program) =>
        Assert.StartsWith($"Usage: llumnix {program} ", await LlumnixProcess.ReadAsync(program, "--help"), StringComparison.Ordinal);
}
