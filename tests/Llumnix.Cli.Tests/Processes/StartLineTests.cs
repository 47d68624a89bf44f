using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
        Assert.EndsWith(
            FormattableString.Invariant($"llumnix {BuildVersion.Version} {program}: listening on http://127.0.0.1:{ports[0]}, http://127.0.0.1:{ports[1]}"),
            await process.ReadStartAsync(),
            StringComparison.Ordinal);
    }

    /// <summary>One line that names the flag, the port and what to do; nothing has been started by then, so that no log tells of its end.</summary>
    [Theory]
    [InlineData("--port", "scheduler --host=127.0.0.1 --enable-full-mode-scheduling=false --llm-backend-discovery=endpoints --llm-backend-endpoints=10.0.0.1:8000 --port")]
    [InlineData("--admin-port", "scheduler --host=127.0.0.1 --enable-full-mode-scheduling=false --llm-backend-discovery=endpoints --llm-backend-endpoints=10.0.0.1:8000 --port=0 --admin-port")]
    [InlineData("--ha-port", "scheduler --host=127.0.0.1 --enable-full-mode-scheduling=false --llm-backend-discovery=endpoints --llm-backend-endpoints=10.0.0.1:8000 --port=0 --ha-peers=a:1 --ha-port")]
    [InlineData("--console-port", "scheduler --host=127.0.0.1 --enable-full-mode-scheduling=false --llm-backend-discovery=endpoints --llm-backend-endpoints=10.0.0.1:8000 --port=0 --enable-console --console-port")]
    [InlineData("--port", "rescheduler --host=127.0.0.1 --port")]
    [InlineData("--port", "serve --engines=http://127.0.0.1:1 --port")]
    [InlineData("--console-port", "serve --engines=http://127.0.0.1:1 --port=0 --enable-console --console-port")]
    [InlineData("--port", "gateway --host=127.0.0.1 --llm-backend-discovery=endpoints --llm-backend-endpoints=10.0.0.1:8000 --port")]
    [InlineData("--port", "llumlet --engine=http://127.0.0.1:1 --cms-redis-host=127.0.0.1 --host=127.0.0.1 --port")]
    [InlineData("--grpc-port", "llumlet --engine=http://127.0.0.1:1 --cms-redis-host=127.0.0.1 --host=127.0.0.1 --port=0 --grpc-port")]
    [InlineData("--port", "engine --port")]
    public async Task Start_PortIsTaken_IsALineThatNamesTheFlag(string flag, string command)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        (int exitCode, string errors) = await LlumnixProcess.RunAsync([.. command.Split(' '), port.ToString(CultureInfo.InvariantCulture)]);
        Assert.Equal(1, exitCode);
        string line = Assert.Single(errors.TrimEnd('\n').Split('\n'), static line => !line.StartsWith("warning: ", StringComparison.Ordinal));
        Assert.StartsWith(FormattableString.Invariant($"{flag}: port {port} on 127.0.0.1 is in use; "), line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scheduler")]
    [InlineData("rescheduler")]
    [InlineData("serve")]
    [InlineData("gateway")]
    [InlineData("llumlet")]
    public async Task Help_Program_IsUnderItsOwnName(string program) =>
        Assert.StartsWith($"Usage: llumnix {program} ", await LlumnixProcess.ReadAsync(program, "--help"), StringComparison.Ordinal);

    [Theory]
    [InlineData("scheduler")]
    [InlineData("rescheduler")]
    [InlineData("serve")]
    [InlineData("gateway")]
    [InlineData("llumlet")]
    public async Task Version_Program_IsPrintedAndNothingElse(string program) =>
        Assert.Equal($"llumnix {BuildVersion.Version} {program}\n", await LlumnixProcess.ReadAsync(program, "--version"));

    /// <summary>A start that fails at one file tells what is wrong with the others, as validate-config does.</summary>
    [Theory]
    [InlineData("scheduler")]
    [InlineData("rescheduler")]
    public async Task Run_SeveralFilesCannotBeUsed_AllAreTold(string program)
    {
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(
            program, "--port=0", "--ttft-profiling-data-path=/nowhere/ttft.json", "--tpot-profiling-data-path=/nowhere/tpot.json", "--tls-cert-file=/nowhere/c.pem", "--tls-key-file=/nowhere/k.pem");
        Assert.Equal(2, exitCode);
        Assert.Contains("error: --ttft-profiling-data-path", errors, StringComparison.Ordinal);
        Assert.Contains("error: --tpot-profiling-data-path", errors, StringComparison.Ordinal);
        Assert.Contains("error: --tls-key-file", errors, StringComparison.Ordinal);
    }
}
