using System.Net;
using Llumnix.Cli.Drain;
using Llumnix.Cli.Tests.Load;
using Llumnix.Cli.Tests.Serve;
using Llumnix.Server.Draining;
using Llumnix.Testing.Servers;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.Drain;

/// <summary>The command against <c>llumnix serve</c> over emulated engines, and against answers that no scheduler gives.</summary>
public sealed class DrainCommandTests
{
    private const string Safe = """{"safe_to_delete":true,"drains":[{"scope":"instance","value":"a","safe_to_delete":true,"instances":[{"instance_id":"a","safe_to_delete":true,"why_not_safe":null,"estimated_ms_to_empty":0,"requests_at_start":5,"requests":0}]}]}""";

    /// <summary>As a scheduler of this version tells it; the others here have no more than an older one sends.</summary>
    private const string Located = """{"safe_to_delete":true,"drains":[{"scope":"instance","value":"a","safe_to_delete":true,"instances":[{"instance_id":"a","id":"a","address":"10.0.0.1:8000","safe_to_delete":true,"why_not_safe":null,"estimated_ms_to_empty":0,"requests_at_start":5,"requests":0}]}]}""";

    private const string Unused = """{"safe_to_delete":true,"drains":[{"scope":"instance","value":"a","safe_to_delete":true,"instances":[{"instance_id":"a","safe_to_delete":true,"why_not_safe":null,"estimated_ms_to_empty":0,"requests_at_start":0,"requests":0}]}]}""";
    private const string Busy = """{"safe_to_delete":false,"drains":[{"scope":"instance","value":"a","safe_to_delete":false,"instances":[{"instance_id":"a","safe_to_delete":false,"why_not_safe":"it has requests","estimated_ms_to_empty":2500,"requests_at_start":5,"requests":2}]}]}""";
    private const string Left = """{"safe_to_delete":false,"drains":[{"scope":"instance","value":"a","safe_to_delete":false,"instances":[]}]}""";
    private const string Empty = """{"safe_to_delete":false,"drains":[{"scope":"node","value":"n","safe_to_delete":false,"instances":[]}]}""";

    [Fact]
    public async Task Run_ServeUnderLoad_WaitsForTheLastRequestAndLosesNone()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(2);
        const string body = """{"stream":true,"max_tokens":200,"messages":[{"role":"user","content":"a"}]}""";
        Task<HttpResponseMessage>[] asked = [.. Enumerable.Range(0, 16).Select(i => serve.PostAsync("/v1/chat/completions", body, id: FormattableString.Invariant($"id-{i}")))];
        HttpResponseMessage[] answers = await Task.WhenAll(asked);
        Task<string>[] texts = [.. answers.Select(static answer => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))];
        string name = FormattableString.Invariant($"127.0.0.1:{serve.Engines.Engines[0].Port}");
        string scheduler = serve.Client.BaseAddress!.ToString();

        (int exitCode, string output, string errors) = await RunAsync(name, "--wait", "--timeout", "120", "--scheduler", scheduler);
        Assert.Equal((DrainExit.Done, ""), (exitCode, errors));
        Assert.EndsWith("safe to delete\n", output, StringComparison.Ordinal);
        Assert.Equal(0, serve.Engines.Engines[0].Status().RunningRequestCount);
        Assert.All(await Task.WhenAll(texts), static text => Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal));

        for (int i = 16; i < 24; i++)
        {
            using HttpResponseMessage answer = await serve.PostAsync("/v1/chat/completions", body, id: FormattableString.Invariant($"id-{i}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(0, serve.Engines.Engines[0].Status().RunningRequestCount);
        }

        // Every text names it by the id that the scheduler tells, however it was ordered.
        string told = output.TrimEnd('\n').Split('\n')[^1].Trim().Split(": ")[0];
        Assert.NotEqual(name, told);
        Assert.StartsWith($"instance {told}: ", output, StringComparison.Ordinal);
        Assert.Equal((DrainExit.Done, $"instance {told}: the drain is undone\n", ""), await RunAsync(name, "--undo", "--scheduler", scheduler));
        Assert.Equal((DrainExit.Done, "no drains\n", ""), await RunAsync("--status", "--scheduler", scheduler));
        Assert.Equal(DrainExit.Unknown, (await RunAsync(name, "--status", "--scheduler", scheduler)).ExitCode);
        Assert.Equal(DrainExit.Unknown, (await RunAsync("nobody", "--wait", "--scheduler", scheduler)).ExitCode);
    }

    [Theory]
    [InlineData(Safe, DrainExit.Done, "instance a: safe to delete\n  a: 0 of 5 requests left, safe to delete\n")]
    [InlineData(Located, DrainExit.Done, "instance a: safe to delete\n  a: 0 of 5 requests left, safe to delete\n")]
    [InlineData(Busy, DrainExit.NotSafe, "instance a: not safe to delete yet\n  a: 2 of 5 requests left, empty in about 2.5 s\n")]
    [InlineData(Unused, DrainExit.Done, "instance a: safe to delete\n  a: no requests since the drain began, safe to delete\n")]
    [InlineData(Left, DrainExit.NotSafe, "instance a: no instance in the fleet\n")]
    [InlineData(Empty, DrainExit.NotSafe, "node n: no instance in the fleet; the drain stays in force for instances that join, until --undo\n")]
    public async Task Run_Status_TellsByTextAndExitCode(string answer, int exitCode, string text)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync(answer));
        Assert.Equal((exitCode, text, ""), await RunAsync("a", "--status", "--scheduler", server.Url.ToString()));
        Assert.Equal((DrainExit.Done, text, ""), await RunAsync("a", "--scheduler", server.Url.ToString()));
        Assert.Equal((exitCode, answer + "\n", ""), await RunAsync("a", "--status", "--json", "--scheduler", server.Url.ToString()));
    }

    /// <summary>What a script reads is the scheduler's answer, with the members that the text does not show.</summary>
    [Theory]
    [InlineData(Safe, DrainExit.Done, "")]
    [InlineData(Safe, DrainExit.Done, "--undo")]
    [InlineData(Safe, DrainExit.Done, "--wait")]
    [InlineData(Busy, DrainExit.Done, "")]
    [InlineData(Busy, DrainExit.NotSafe, "--wait", "--timeout", "1")]
    [InlineData(Busy, DrainExit.Done, "--undo")]
    [InlineData(Left, DrainExit.Unknown, "--wait")]
    public async Task Run_Json_PrintsTheAnswerOfTheSchedulerAlone(string answer, int exitCode, params string[] flags)
    {
        string more = answer.Replace("\"scope\"", "\"later\":1,\"scope\"", StringComparison.Ordinal);
        await using LoopbackServer server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync(more));
        (int code, string output, _) = await RunAsync(["a", "--json", "--scheduler", server.Url.ToString(), .. flags]);
        Assert.Equal((exitCode, more + "\n"), (code, output));
    }

    [Fact]
    public async Task Run_JsonOfServe_IsThatOfItsAdminApi()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(count: 1);
        await serve.UntilAllAreReadAsync();
        string name = FormattableString.Invariant($"127.0.0.1:{serve.Engines.Engines[0].Port}");
        string scheduler = serve.Client.BaseAddress!.ToString();
        string[][] verbs = [[name], [name, "--status"], ["--status"], [name, "--wait", "--timeout", "60"], [name, "--undo"]];
        foreach (string[] verb in verbs)
        {
            (int exitCode, string output, string errors) = await RunAsync([.. verb, "--json", "--scheduler", scheduler]);
            Assert.True(exitCode is DrainExit.Done or DrainExit.NotSafe, errors);
            using var json = System.Text.Json.JsonDocument.Parse(output);
            bool isUndone = verb[^1] == "--undo";
            Assert.Equal(isUndone ? 0 : 1, json.RootElement.GetProperty("drains").GetArrayLength());
            Assert.True(isUndone || json.RootElement.GetProperty("drains")[0].GetProperty("instances")[0].TryGetProperty("kv_tokens", out _));
        }
    }

    /// <summary>What the scheduler answers in turn, <c>POST</c> or <c>GET</c>; the last answer stays.</summary>
    [Theory]
    [InlineData("POST:busy GET:safe", DrainExit.Done)]
    [InlineData("POST:503 POST:busy GET:500 GET:safe", DrainExit.Done)]
    [InlineData("POST:busy GET:503 GET:undone POST:busy GET:safe", DrainExit.Done)] // Another scheduler, which does not know the drain.
    [InlineData("POST:busy GET:undone", DrainExit.Unknown)] // Somebody has undone it.
    [InlineData("POST:busy GET:left", DrainExit.Unknown)]
    [InlineData("POST:unknown", DrainExit.Unknown)]
    [InlineData("POST:404", DrainExit.Failed)]
    [InlineData("POST:409", DrainExit.Failed)]
    [InlineData("POST:busy GET:404", DrainExit.Failed)]
    [InlineData("POST:401", DrainExit.Failed)]
    [InlineData("POST:busy GET:busy", DrainExit.NotSafe)]
    public async Task Run_Wait_GoesOnWhileItMakesSense(string script, int exitCode)
    {
        string[] steps = script.Split(' ');
        int calls = 0;
        await using LoopbackServer server = await LoopbackServer.StartAsync(context =>
        {
            string[] step = steps[Math.Min(calls++, steps.Length - 1)].Split(':');
            (int status, string answer) = step[1] switch
            {
                "busy" => (200, Busy),
                "safe" => (200, Safe),
                "left" => (200, Left),
                "unknown" => (404, "no instance has this name; there are: b, c\n"),
                "undone" => (404, "there is no such drain\n"),
                _ => (int.Parse(step[1], null), ""),
            };
            context.Response.StatusCode = context.Request.Method != step[0] ? 418 : status;
            return context.Response.WriteAsync(answer);
        });
        Assert.Equal(exitCode, (await RunAsync("a", "--wait", "--timeout", "6", "--scheduler", server.Url.ToString())).ExitCode);
        Assert.True(calls >= steps.Length);
    }

    [Fact]
    public async Task Run_ConsoleThatOnlyReads_NamesThePortsThatDrain()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("read only\n");
        });
        (int exitCode, _, string errors) = await RunAsync("a", "--scheduler", server.Url.ToString());
        Assert.Equal(DrainExit.Failed, exitCode);
        Assert.Contains("--scheduler can name the scheduler's own port, 8002", errors, StringComparison.Ordinal);
    }

    /// <summary>serve has no service token: the answer names the operator token of its console.</summary>
    [Fact]
    public async Task Serve_CallerByAnotherName_IsToldWhatServeHas()
    {
        await using EmulatedServe serve = await EmulatedServe.StartAsync(count: 1);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/drain") { Headers = { Host = "rebound.example" } };
        using HttpResponseMessage answer = await serve.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(
            "this is for callers on this machine, by a loopback address and no proxy; from elsewhere the console's port takes it, with the token of --console-operator-token\n",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Run_ServeThatRefuses_AddsNothing()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync(DrainEndpoint.LocalOnly + "\n");
        });
        Assert.Equal((DrainExit.Failed, "", $"403: {DrainEndpoint.LocalOnly}\n"), await RunAsync("a", "--scheduler", server.Url.ToString()));
    }

    /// <summary>The port of the service has no such path where there is an admin port: a hook that ended as if the drain were over would cut requests off.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("a --wait")]
    [InlineData("a --status")]
    [InlineData("a --undo")]
    public async Task Run_ServerWithoutThePath_IsAnErrorThatNamesTheAdminPort(string line)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("not found\n");
        });
        Assert.Equal(
            (DrainExit.Failed, "", "404: not found (there is no /admin/drain; of a scheduler with --admin-port, --scheduler must name that port, and of llumnix serve the port where it serves)\n"),
            await RunAsync([.. line.Split(' '), "--scheduler", server.Url.ToString()]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"safe_to_delete":true,"drains":[null]}""")]
    [InlineData("""{"safe_to_delete":true,"drains":[{"scope":"node","value":"n","safe_to_delete":true,"instances":[null]}]}""")]
    public async Task Run_AnswerOfNoScheduler_IsAnError(string answer)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync(answer));
        Assert.Equal((DrainExit.Failed, "", "the answer is none of a scheduler\n"), await RunAsync("a", "--status", "--scheduler", server.Url.ToString()));
    }

    /// <summary>An error without a text, of a proxy, say.</summary>
    [Theory]
    [InlineData(400, "", "400: Bad Request; the answer has no text\n")]
    [InlineData(502, " \n", "502: Bad Gateway; the answer has no text\n")]
    [InlineData(599, "", "599: the answer has no text\n")]
    [InlineData(400, """{"error":{"message":"","code":"x"}}""", "400: {\"error\":{\"message\":\"\",\"code\":\"x\"}}\n")]
    public async Task Run_ErrorWithoutAText_SaysWhatIsKnown(int status, string answer, string told)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(answer);
        });
        Assert.Equal((DrainExit.Failed, "", told), await RunAsync("a", "--scheduler", server.Url.ToString()));
    }

    [Fact]
    public async Task Run_NoScheduler_IsAnError() =>
        Assert.Equal(DrainExit.Failed, (await RunAsync("a", "--scheduler", $"http://127.0.0.1:{FreePort.Find(1)[0]}")).ExitCode);

    [Theory]
    [InlineData]
    [InlineData("--wait", "--timeout", "1")]
    public async Task Run_HttpsOfAPlainPort_NamesTheReason(params string[] flags)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync("{}"));
        (int exitCode, _, string errors) = await RunAsync(["a", .. flags, "--scheduler", FormattableString.Invariant($"https://127.0.0.1:{server.Url.Port}")]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("the TLS handshake failed: ", errors, StringComparison.Ordinal);
        Assert.Contains("; nothing speaks TLS there, try http://", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a --scope rack")]
    [InlineData("a --wait --timeout 0")]
    public void Parse_BadInput_IsAnError(string line) =>
        Assert.NotEmpty(DrainCommand.Create().Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Errors);

    [Fact]
    public async Task Run_WaitInterrupted_TellsThatTheDrainStays()
    {
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using LoopbackServer server = await LoopbackServer.StartAsync(async context =>
        {
            if (context.Request.Method == "GET")
            {
                await interrupted.CancelAsync();
            }

            await context.Response.WriteAsync(Busy);
        });
        using var errors = new StringWriter { NewLine = "\n" };
        Assert.Equal(130, await DrainCommand.RunAsync(
            DrainCommand.Create().Parse(["127.0.0.1:8000", "--wait", "--scheduler", server.Url.ToString()]), TextWriter.Null, errors, TimeProvider.System, interrupted.Token));
        Assert.Equal("interrupted: the drain of instance a stays in force; --undo in place of --wait ends it\n", errors.ToString());
    }

    /// <summary>Port 9 (discard) has no listener.</summary>
    [Fact]
    public async Task Run_WaitWithoutScheduler_TellsThatItKeepsAsking()
    {
        (int exitCode, _, string errors) = await RunAsync("a", "--wait", "--timeout", "1", "--scheduler", "127.0.0.1:9");
        Assert.Equal(DrainExit.NotSafe, exitCode);
        Assert.Contains("; asking again for up to 1 s (--timeout); without --wait the command ends at the first failure\n", errors, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        int exitCode = await DrainCommand.RunAsync(
            DrainCommand.Create().Parse(args), output, errors, TimeProvider.System, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
