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
        Assert.StartsWith(FormattableString.Invariant($"error: {flag}: port {port} on 127.0.0.1 is in use; "), line, StringComparison.Ordinal);
    }

    /// <summary>Each port that is taken is told.</summary>
    [Theory]
    [InlineData("--port", "--console-port", "serve --engines=http://127.0.0.1:1 --enable-console")]
    [InlineData("--port", "--grpc-port", "llumlet --engine=http://127.0.0.1:1 --cms-redis-host=127.0.0.1 --host=127.0.0.1")]
    [InlineData("--port", "--admin-port", "scheduler --host=127.0.0.1 --cms-redis-host=127.0.0.1")]
    public async Task Start_TwoPortsAreTaken_BothAreTold(string first, string second, string command)
    {
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        int[] ports = [((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port];
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(
            [.. command.Split(' '), FormattableString.Invariant($"{first}={ports[0]}"), FormattableString.Invariant($"{second}={ports[1]}")]);
        string[] lines = [.. errors.TrimEnd('\n').Split('\n').Where(static line => !line.StartsWith("warning: ", StringComparison.Ordinal))];
        Assert.Equal((1, 2), (exitCode, lines.Length));
        Assert.StartsWith(FormattableString.Invariant($"error: {first}: port {ports[0]} "), lines[0], StringComparison.Ordinal);
        Assert.StartsWith(FormattableString.Invariant($"error: {second}: port {ports[1]} "), lines[1], StringComparison.Ordinal);
    }

    /// <summary>A program that was asked to stop says when it has.</summary>
    [Theory]
    [InlineData("llumlet", "--engine=http://127.0.0.1:1", "--cms-redis-host=127.0.0.1", "--cms-redis-port=1", "--grpc-port=0")]
    [InlineData("scheduler", "--cms-redis-host=127.0.0.1", "--cms-redis-port=1")]
    [InlineData("serve", "--engines=http://127.0.0.1:1")]
    [InlineData("gateway", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:1")]
    public async Task Stop_Sigterm_TellsThatItHasStopped(string program, params string[] flags)
    {
        using LlumnixProcess process = LlumnixProcess.Start([program, "--host=127.0.0.1", "--port=0", .. flags]);
        Assert.NotEmpty(await process.ReadStartAsync());
        await process.TerminateAsync();
        IReadOnlyList<string> lines = await ReadRestAsync(process);
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Contains(lines, line => line.EndsWith($" {program} has stopped", StringComparison.Ordinal));
    }

    /// <summary>Nothing ever listened there: the entry that was never made needs no removal, and nothing answers.</summary>
    [Theory]
    [InlineData("--discovery-etcd=127.0.0.1:1", "etcd takes no entries")]
    [InlineData("--discovery-redis=127.0.0.1:1", "The Redis of the discovery at 127.0.0.1:1 takes nothing")]
    [InlineData("--cms-redis=127.0.0.1:1", "The Redis of the CMS at 127.0.0.1:1 takes nothing")]
    public async Task Stop_StoreThatNeverAnswered_IsNotToldToAnswerAgain(string flag, string told)
    {
        using LlumnixProcess process = LlumnixProcess.Start("engine", "--port=0", flag);
        string begun;
        do
        {
            begun = await process.ReadLineAsync();
        }
        while (begun.Length > 0 && !begun.Contains(told, StringComparison.Ordinal) && !begun.Contains("listening on", StringComparison.Ordinal));
        begun += await process.ReadLineAsync();
        Assert.Contains(told, begun, StringComparison.Ordinal);
        await process.TerminateAsync();
        IReadOnlyList<string> lines = await ReadRestAsync(process);
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.DoesNotContain(lines, static line => line.Contains("again", StringComparison.Ordinal));
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

    /// <summary>A start tells the errors of validate-config, line by line: flags, combinations and files at once.</summary>
    [Theory]
    [InlineData(3, "scheduler --scheduling-policy slo --ttft-profiling-data-path /nowhere/a --tpot-profiling-data-path /nowhere/b --port x")]
    [InlineData(3, "rescheduler --ttft-profiling-data-path /nowhere/a --tpot-profiling-data-path /nowhere/b --port x")]
    [InlineData(2, "scheduler --scheduling-policy slo --latency-profiles /nowhere/c --ttft-slo x")]
    [InlineData(2, "scheduler --enable-full-mode-scheduling=false --llm-backend-discovery etcd --discovery-etcd-endpoints :99999 --cms-redis-tls=maybe")]
    [InlineData(1, "scheduler --enable-full-mode-scheduling=maybe --scheduling-policy flood")]
    [InlineData(2, "scheduler --cms-redis-tls --cms-redis-ca-file /nowhere/ca.pem --engine-api-key-file /nowhere/key")]
    [InlineData(3, "scheduler --enable-adaptive-pd --scheduling-policy slo --latency-profiles /nowhere/c --cms-redis-ca-file /nowhere/ca.pem")]
    [InlineData(2, "serve --engines=http://127.0.0.1:1 --api-key-file /nowhere/keys --port x")]
    [InlineData(2, "gateway --llm-backend-discovery=endpoints --engine-api-key-file /nowhere/key")]
    [InlineData(2, "llumlet --engine=http://127.0.0.1:1 --cms-redis-host=127.0.0.1 --engine-api-key-file /nowhere/key --port x")]
    public async Task Run_SeveralMistakes_AreThoseOfValidateConfig(int count, string command)
    {
        string[] args = command.Split(' ');
        (int exitCode, string errors) = await LlumnixProcess.RunAsync(args);
        string[] started = ErrorsIn(errors);
        Assert.Equal((2, count), (exitCode, started.Length));
        Assert.Equal(ErrorsIn(await LlumnixProcess.ReadAsync(["validate-config", .. args])), started);
    }

    private static string[] ErrorsIn(string text) => [.. text.Split('\n').Where(static line => line.StartsWith("error: ", StringComparison.Ordinal))];

    private static async Task<IReadOnlyList<string>> ReadRestAsync(LlumnixProcess process)
    {
        var lines = new List<string>();
        while (await process.ReadLineAsync() is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
