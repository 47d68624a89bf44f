using System.CommandLine;
using System.Net;
using System.Text.Json;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Load;
using Llumnix.Cli.Tests.Processes;
using Llumnix.Cli.Tests.Serve;
using Llumnix.Cli.Top;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Server.Options;
using Llumnix.Testing.Servers;
using Microsoft.AspNetCore.Http;
using Spectre.Console;

namespace Llumnix.Cli.Tests.Top;

/// <summary>The command, and the admin API itself, against <c>llumnix serve</c> over emulated engines.</summary>
public sealed class TopCommandTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_Serve_ShowsItsEnginesAndDecisions()
    {
        await using EmulatedServe serve = await StartAsync(new GatewayOptions { Port = 0 });
        using HttpResponseMessage answer = await serve.PostAsync("/v1/completions", """{"max_tokens":3,"prompt":"a b c"}""", id: "seen-by-top");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        (int exitCode, string output, string errors) = await RunAsync("--once", "--console", serve.Host.ConsoleAddress!.ToString());
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("instances 2/2 ok", output, StringComparison.Ordinal);
        Assert.Contains("seen-by-top", output, StringComparison.Ordinal);
        Assert.Contains("ready", output, StringComparison.Ordinal);
        (exitCode, output, errors) = await RunAsync("--json", "--console", serve.Host.ConsoleAddress!.ToString());
        Assert.Equal((0, ""), (exitCode, errors));
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(["ok", "ok"], json.RootElement.GetProperty("fleet").GetProperty("instances").EnumerateArray().Select(static instance => instance.GetProperty("health").GetString()));
        Assert.Equal("seen-by-top", json.RootElement.GetProperty("decisions")[0].GetProperty("request_id").GetString());
    }

    [Fact]
    public async Task Run_NothingListens_IsAnErrorWithAHint()
    {
        (int exitCode, _, string errors) = await RunAsync("--console", FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"));
        Assert.Equal(1, exitCode);
        Assert.Contains("--enable-console", errors, StringComparison.Ordinal);
    }

    /// <summary>The keys of the gateway open the console too, where it has no token of its own.</summary>
    [Fact]
    public async Task Run_GatewayWithKeys_NeedsOneOfThem()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("llumnix-top-");
        try
        {
            string keys = Path.Combine(folder.FullName, "keys.json");
            string key = Path.Combine(folder.FullName, "key");
            string hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("secret"u8));
            await File.WriteAllTextAsync(keys, $$"""{"keys":[{"name":"a","sha256":"{{hash}}"}]}""", Cancellation);
            await File.WriteAllTextAsync(key, "secret\n", Cancellation);
            await using EmulatedServe serve = await StartAsync(new GatewayOptions { Port = 0, ApiKeyFile = keys });
            string address = serve.Host.ConsoleAddress!.ToString();
            (int exitCode, _, string errors) = await RunAsync("--once", "--console", address);
            Assert.Equal(1, exitCode);
            Assert.StartsWith("401: unauthorized", errors, StringComparison.Ordinal);
            Assert.Contains("gateway key", errors, StringComparison.Ordinal);
            Assert.Contains("the service token of the scheduler works there, also by LLUMNIX_SCHEDULER_SERVICE_TOKEN", errors, StringComparison.Ordinal);
            Assert.Equal(0, (await RunAsync("--once", "--console", address, "--token-file", key)).ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A console without a token of its own takes the service token, which <c>explain</c> and <c>drain</c> find in its variable.</summary>
    [Theory]
    [InlineData("Bearer service", null, "service")]
    [InlineData("Bearer service", "", "service")]
    [InlineData("Bearer own", "own", "service")]
    [InlineData("Bearer own", "own", "")]
    [InlineData("", "", "")]
    public async Task Run_NoTokenFile_TakesTheConsolesTokenElseTheServiceToken(string sent, string? own, string service)
    {
        string? authorization = null;
        await using LoopbackServer console = await LoopbackServer.StartAsync(context =>
        {
            authorization ??= context.Request.Headers.Authorization.ToString();
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
        var environment = new Dictionary<string, string> { ["LLUMNIX_SCHEDULER_SERVICE_TOKEN"] = service };
        if (own is not null)
        {
            environment["LLUMNIX_CONSOLE_TOKEN"] = own;
        }

        Assert.Equal(1, (await LlumnixProcess.RunAsync(environment, "top", "--once", "--console", console.Url.ToString())).ExitCode);
        Assert.Equal(sent, authorization);
    }

    [Fact]
    public async Task Run_PortOfTheGateway_NamesThatOfTheConsole()
    {
        await using EmulatedServe serve = await StartAsync(new GatewayOptions { Port = 0 });
        (int exitCode, _, string errors) = await RunAsync("--once", "--console", serve.Host.Gateway.Address.ToString());
        Assert.Equal(1, exitCode);
        Assert.Equal(
            "404: there is no such path here (no console answers there; --console must name the console's port, 8004 unless told otherwise, of a scheduler or of llumnix serve --enable-console)\n",
            errors);
    }

    [Fact]
    public async Task Run_NothingListens_SaysSoAsExplainDoes() => Assert.Contains(
        ": nothing listens there; does the scheduler or llumnix serve run with --enable-console, and is --console the console's address?",
        (await RunAsync("--once", "--console", $"http://127.0.0.1:{FreePort.Find(1)[0]}")).Errors,
        StringComparison.Ordinal);

    [Fact]
    public async Task Run_HttpsOfAPlainPort_NamesTheReason()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync("{}"));
        string errors = (await RunAsync("--once", "--console", FormattableString.Invariant($"https://127.0.0.1:{server.Url.Port}"))).Errors;
        Assert.StartsWith("the TLS handshake failed: ", errors, StringComparison.Ordinal);
        Assert.EndsWith("; nothing speaks TLS there, try http://\n", errors, StringComparison.Ordinal);
    }

    private static async Task<EmulatedServe> StartAsync(GatewayOptions gateway)
    {
        EngineHost engines = await EngineHost.StartAsync(new EngineHostOptions { Engines = [new EmulatedEngineOptions(), new EmulatedEngineOptions()] }, Cancellation);
        return await EmulatedServe.StartAsync(engines, new ServeSettings
        {
            Engines = [.. engines.Engines.Select(static engine => new ListedEngine("127.0.0.1", engine.Port))],
            Gateway = gateway,
            Console = new ConsoleOptions { IsEnabled = true, Port = 0 },
        });
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 200;
        console.Profile.Height = 60;
        ParseResult parsed = TopCommand.Create().Parse(args);
        Assert.Empty(parsed.Errors);
        int exitCode = await TopCommand.RunAsync(parsed, console, errors, Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
