using System.CommandLine;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Explain;
using Llumnix.Cli.Options;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Load;
using Llumnix.Gateway.Options;
using Llumnix.Protocol.Cms;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Microsoft.AspNetCore.Http;
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
        (int ExitCode, string Output, string Errors) result = default;
        await Eventually.TrueAsync(async () =>
        {
            result = await RunAsync("--scheduler", host.Address.ToString(), "--token-file", TokenFile, "--prompt-tokens", "77");
            return result.ExitCode == 0;
        });
        Assert.Contains("> ", result.Output, StringComparison.Ordinal);
        Assert.Contains("neutral, load-balance: a\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("all_prefills_tokens_num", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SchedulerWithoutAToken_TellsWhatIsMissing()
    {
        await using SchedulerHost host = await StartAsync(null);
        (int exitCode, _, string errors) = await RunAsync("--scheduler", host.Address.ToString());
        Assert.Equal(1, exitCode);
        Assert.Equal(
            "404: this scheduler explains nothing at this port, since it has no service token: start it with --service-token-file, or with --enable-console and ask the console's port\n",
            errors);
    }

    /// <summary><c>serve</c> has no port of a scheduler; its console's port explains.</summary>
    [Fact]
    public async Task Run_ConsoleOfServe_PrintsTheCandidates()
    {
        await using ServeHost serve = ServeHost.Build(new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", 1)],
            AreEngineMetricsRead = false,
            Gateway = new GatewayOptions { Port = 0 },
            Console = new ConsoleOptions { IsEnabled = true, Port = 0 },
        });
        await serve.Gateway.StartAsync(TestContext.Current.CancellationToken);
        (int ExitCode, string Output, string Errors) result = default;
        await Eventually.TrueAsync(async () =>
        {
            result = await RunAsync("--scheduler", serve.ConsoleAddress!.ToString());
            return result.ExitCode == 0;
        });
        Assert.Contains("neutral, load-balance: ", result.Output, StringComparison.Ordinal);

        (int exitCode, _, string errors) = await RunAsync("--scheduler", serve.Gateway.Address.ToString());
        Assert.Equal(1, exitCode);
        Assert.Equal(
            "404: there is no such path here (a gateway answers there; --scheduler must name a scheduler, or the console's port of llumnix serve --enable-console, 8004 unless told otherwise)\n",
            errors);
    }

    /// <summary>The scheduler still tries engines of which none answers; what comes of it is an error, as the gateway's answer to a request is.</summary>
    [Fact]
    public async Task Run_NoEngineAnswers_SaysSoFirstAndFails()
    {
        int port = FreePort.Find(1)[0];
        await using ServeHost serve = ServeHost.Build(new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", port)],
            Gateway = new GatewayOptions { Port = 0 },
            Console = new ConsoleOptions { IsEnabled = true, Port = 0 },
        });
        await serve.Gateway.StartAsync(TestContext.Current.CancellationToken);
        string scheduler = serve.ConsoleAddress!.ToString();
        string json = "";
        await Eventually.TrueAsync(async () =>
        {
            (_, json, _) = await RunAsync("--scheduler", scheduler, "--json");
            return json.Contains("\"pick_is_unreachable\": true", StringComparison.Ordinal);
        });
        Assert.Contains("\"is_unreachable\": true", json, StringComparison.Ordinal);
        (int exitCode, string output, _) = await RunAsync("--scheduler", scheduler);
        Assert.Equal(1, exitCode);
        Assert.StartsWith(FormattableString.Invariant($"neutral, load-balance: no engine answers; it would still be tried at neutral-127.0.0.1:{port}\n"), output, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = serve.Gateway.Address };
        using var body = new StringContent("""{"messages":[{"role":"user","content":"a"}]}""", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Fact]
    public async Task Run_NoScheduler_IsAnErrorWithAHint()
    {
        string address = $"http://127.0.0.1:{FreePort.Find(1)[0]}";
        (int exitCode, string output, string errors) = await RunAsync("--scheduler", address);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.EndsWith(
            ": nothing listens there; does the scheduler run, and is --scheduler its address? llumnix serve --enable-console explains at the console's port, 8004 unless told otherwise\n",
            errors,
            StringComparison.Ordinal);
    }

    /// <summary>As at the port of a Redis.</summary>
    [Theory]
    [InlineData("", "the connection ended before an answer came; is --scheduler the scheduler's address? ")]
    [InlineData("-ERR unknown command\r\n", "what answers there speaks no HTTP; is --scheduler the scheduler's address? ")]
    public async Task Run_SomethingElseListens_IsAnErrorWithAHint(string answer, string expected)
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        Task serving = ServeAsync();
        (int exitCode, string output, string errors) = await RunAsync("--scheduler", $"http://{listener.LocalEndpoint}");
        await serving;
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith(expected, errors, StringComparison.Ordinal);

        async Task ServeAsync()
        {
            using System.Net.Sockets.TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            byte[] buffer = new byte[4096];
            System.Net.Sockets.NetworkStream stream = client.GetStream();
            Assert.NotEqual(0, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken));
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
            client.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        }
    }

    [Fact]
    public async Task Run_HttpsOfAPlainPort_NamesTheReason()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync("{}"));
        (int exitCode, string output, string errors) = await RunAsync("--scheduler", FormattableString.Invariant($"https://127.0.0.1:{server.Url.Port}"));
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith("the TLS handshake failed: ", errors, StringComparison.Ordinal);
        Assert.EndsWith("; nothing speaks TLS there, try http://\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithoutAToken_TellsWhoseTokenIsAskedFor()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context =>
        {
            context.Response.StatusCode = 401;
            return context.Response.WriteAsync("unauthorized");
        });
        Assert.Equal(
            "401: unauthorized (give the service token by --token-file or LLUMNIX_SCHEDULER_SERVICE_TOKEN; at a console's port give the console's token or, "
            + "where llumnix serve has --api-key-file and its console no token, a gateway key)\n",
            (await RunAsync("--scheduler", server.Url.ToString())).Errors);
    }

    [Fact]
    public async Task Run_ErrorWithoutAText_SaysWhatIsKnown()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context =>
        {
            context.Response.StatusCode = 400;
            return Task.CompletedTask;
        });
        Assert.Equal("400: Bad Request; the answer has no text\n", (await RunAsync("--scheduler", server.Url.ToString())).Errors);
    }

    [Fact]
    public async Task Run_NoCandidates_SaysSoAndFails()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync(
            """{"roles":[{"role":"prefill","policy":"p","outcome":"endpoint_not_found","instance_id":null,"preferences_met":false,"candidates":[]}]}"""));
        (int exitCode, string output, _) = await RunAsync("--scheduler", server.Url.ToString());
        Assert.Equal(1, exitCode);
        Assert.Equal("prefill, p: endpoint_not_found\nno candidates: the scheduler knows no instance that takes the role prefill\n\n", output);
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    public async Task Run_AllCandidatesDropped_FailsAndTellsTheThresholds(params string[] args)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync("""
            {"roles":[{"role":"neutral","policy":"p","outcome":"no_available_endpoint","instance_id":null,"preferences_met":false,"candidates":[
            {"instance_id":"a","dropped_by":"kv \u003c 0.9","only_unwanted":false,"metrics":{"kv":0.95}},
            {"instance_id":"b","dropped_by":"stale","only_unwanted":false,"metrics":{"kv":0.1}},
            {"instance_id":"c","dropped_by":"kv \u003c 0.9","only_unwanted":false,"metrics":{"kv":0.91}}]}]}
            """));
        (int exitCode, string output, _) = await RunAsync(["--scheduler", server.Url.ToString(), .. args]);
        Assert.Equal(1, exitCode);
        if (args.Length == 0)
        {
            Assert.Contains("none of 3 candidates is left: 2 dropped by kv < 0.9, 1 dropped by stale\n", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Run_PromptIsTooLong_TheCapacitiesAreShown()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync("""
            {"roles":[{"role":"neutral","policy":"p","outcome":"prompt_too_long","instance_id":null,"preferences_met":false,"candidates":[
            {"instance_id":"a","dropped_by":"kv_cache_capacity >= prompt","only_unwanted":false,"kv_capacity_tokens":4096,"metrics":{"kv":0.1}}]}]}
            """));
        (_, string output, _) = await RunAsync("--scheduler", server.Url.ToString(), "--prompt-tokens", "5000");
        Assert.Contains("none of 1 candidate is left: 1 dropped by kv_cache_capacity >= prompt; the prompt has 5000 tokens\n", output, StringComparison.Ordinal);
        Assert.Contains("  instance  kv_capacity_tokens  kv   dropped by\n  a         4096                0.1  kv_cache_capacity >= prompt\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NobodyServesTheModel_NamesIt()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync("""
            {"roles":[{"role":"neutral","policy":"p","outcome":"endpoint_not_found","instance_id":null,"preferences_met":false,"candidates":[
            {"instance_id":"a","dropped_by":"model","only_unwanted":false,"metrics":{"kv":0.1}}]}]}
            """));
        (_, string output, _) = await RunAsync("--scheduler", server.Url.ToString(), "--model", "nope");
        Assert.Contains("none of 1 candidate is left: 1 dropped by model; the request is for the model nope\n", output, StringComparison.Ordinal);
    }

    /// <summary>Others answer, but cannot take the request.</summary>
    [Fact]
    public async Task Run_OnlyThePickIsUnreachable_SaysSoAndFails()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync("""
            {"roles":[{"role":"neutral","policy":"p","outcome":"placed","instance_id":"a","pick_is_unreachable":true,"preferences_met":true,"candidates":[
            {"instance_id":"a","dropped_by":null,"only_unwanted":false,"is_unreachable":true,"metrics":{"kv":0.1}},
            {"instance_id":"b","dropped_by":"kv < 0.9","only_unwanted":false,"is_unreachable":false,"metrics":{"kv":0.95}}]}]}
            """));
        (int exitCode, string output, _) = await RunAsync("--scheduler", server.Url.ToString());
        Assert.Equal(1, exitCode);
        Assert.StartsWith("neutral, p: no engine that answers is left; it would still be tried at a\n", output, StringComparison.Ordinal);
        Assert.Contains("kv    dropped by  answers\n>  a         0.1               no\n", output, StringComparison.Ordinal);
    }

    /// <summary>A pair needs both of its instances.</summary>
    [Fact]
    public async Task Run_HalfOfAPair_Fails()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync("""
            {"roles":[{"role":"prefill","policy":"p","outcome":"placed","instance_id":"a","preferences_met":true,"candidates":[]},
            {"role":"decode","policy":"p","outcome":"endpoint_not_found","instance_id":null,"preferences_met":false,"candidates":[]}]}
            """));
        Assert.Equal(1, (await RunAsync("--scheduler", server.Url.ToString(), "--mode", "pd_batch")).ExitCode);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("""{"roles":{}}""")]
    [InlineData("""{"roles":[null]}""")]
    [InlineData("""{"roles":[{"role":"neutral","policy":"p","outcome":"placed","candidates":[{}]}]}""")]
    [InlineData("""{"roles":[{"role":"neutral","policy":"p","outcome":"placed","instance_id":"a","candidates":[{"instance_id":"a","metrics":{"m":[]}}]}]}""")]
    public async Task Run_AnswerThatIsNoExplanation_IsAnError(string answer)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync(answer));
        (int exitCode, string output, string errors) = await RunAsync("--scheduler", server.Url.ToString());
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("no explanation", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task Run_OversizedAnswer_IsAnErrorOfALine(int status)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(new string('x', 20 << 20));
        });
        (int exitCode, string output, string errors) = await RunAsync("--scheduler", server.Url.ToString());
        Assert.Equal((1, ""), (exitCode, output));
        Assert.InRange(errors.Length, 1, 1000);
    }

    /// <summary>The service token goes to the scheduler that was named and to nobody else.</summary>
    [Fact]
    public async Task Run_Redirect_IsNotFollowed()
    {
        int calls = 0;
        await using LoopbackServer server = await LoopbackServer.StartAsync(context =>
        {
            Interlocked.Increment(ref calls);
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = "/debug/explain";
            return Task.CompletedTask;
        });
        (int exitCode, _, string errors) = await RunAsync("--scheduler", server.Url.ToString());
        Assert.Equal((1, 1), (exitCode, calls));
        Assert.Contains("/debug/explain", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ControlCharactersInTheAnswer_DoNotReachTheTerminal()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync("away\u001b[2J\u009b2J\rgone");
        });
        (_, _, string errors) = await RunAsync("--scheduler", server.Url.ToString());
        Assert.DoesNotContain(errors.TrimEnd('\n'), char.IsControl);
    }

    [Fact]
    public void Parse_BadValues_AreErrors()
    {
        Assert.NotEmpty(ExplainCommand.Create().Parse(["--mode", "fast"]).Errors);
        Assert.NotEmpty(ExplainCommand.Create().Parse(["--scheduler", "ftp://127.0.0.1:8002"]).Errors);
        Assert.NotEmpty(ExplainCommand.Create().Parse(["--scheduler", "127.0.0.1:port"]).Errors);
        Assert.NotEmpty(ExplainCommand.Create().Parse(["--scheduler", "[::1]"]).Errors);
    }

    [Theory]
    [InlineData("127.0.0.1:8002", "http://127.0.0.1:8002/")]
    [InlineData("scheduler:8002", "http://scheduler:8002/")]
    [InlineData("[::1]:8002", "http://[::1]:8002/")]
    [InlineData("https://scheduler", "https://scheduler/")]
    public void Parse_Address_MayGoWithoutItsScheme(string text, string expected)
    {
        ParseResult parsed = ExplainCommand.Create().Parse(["--scheduler", text]);
        Assert.Empty(parsed.Errors);
        Assert.Equal(expected, parsed.GetValue(SchedulerTarget.Address)!.ToString());
    }

    private static async Task<SchedulerHost> StartAsync(RedisServer? redis, params string[] more)
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
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
