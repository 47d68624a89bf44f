using Llumnix.Cli.Explain;
using Llumnix.Protocol.Cms;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Cli.Tests.Explain;

/// <summary>The command against a real scheduler.</summary>
public sealed class ExplainCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llumnix-explain-");

    private string TokenFile => Path.Combine(_folder.FullName, "token");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_RunningScheduler_PrintsTheCandidates()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using (ConnectionMultiplexer connection = await redis.ConnectAsync())
        {
            var cms = new CmsWriter(connection.GetDatabase());
            await cms.PutAsync(CmsMessages.Metadata("a"));
            InstanceStatus status = CmsMessages.Status("a");
            status.TimestampMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await cms.PutAsync(status);
        }

        await File.WriteAllTextAsync(TokenFile, "secret\n", TestContext.Current.CancellationToken);
        await using SchedulerHost host = await StartAsync(redis, "--service-token-file", TokenFile);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        (int ExitCode, string Output, string Errors) result = default;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        do
        {
            result = await RunAsync("--scheduler", host.Address.ToString(), "--token-file", TokenFile, "--prompt-tokens", "77");
            Assert.Equal(0, result.ExitCode);
        }
        while (!result.Output.Contains("> ", StringComparison.Ordinal) && await timer.WaitForNextTickAsync(timeout.Token));

        Assert.Contains("neutral, load-balance: a\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("all_prefills_tokens_num", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SchedulerWithoutAToken_TellsWhatIsMissing()
    {
        await using SchedulerHost host = await StartAsync(null);
        (int exitCode, _, string errors) = await RunAsync("--scheduler", host.Address.ToString());
        Assert.Equal(1, exitCode);
        Assert.Equal("404: not found (explanations need a scheduler that runs with a service token)\n", errors);
    }

    [Fact]
    public async Task Run_NoScheduler_IsAnError() =>
        Assert.Equal(1, (await RunAsync("--scheduler", $"http://127.0.0.1:{FreePort.Find(1)[0]}")).ExitCode);

    [Fact]
    public void Parse_BadValues_AreErrors()
    {
        Assert.NotEmpty(ExplainCommand.Create().Parse(["--mode", "fast"]).Errors);
        Assert.NotEmpty(ExplainCommand.Create().Parse(["--scheduler", "127.0.0.1:8002"]).Errors);
    }

    private static async Task<SchedulerHost> StartAsync(RedisServer? redis, params string[] more)
    {
        OptionsParseResult parsed = SchedulerOptionsParser.Parse(
            ["--host=127.0.0.1", "--port=0", "--cms-redis-host=127.0.0.1", $"--cms-redis-port={redis?.Port ?? 1}", .. more], SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        SchedulerHost host = SchedulerHost.Build(parsed.Options);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        int exitCode = await ExplainCommand.RunAsync(ExplainCommand.Create().Parse(args), output, errors, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
