using System.Net;
using System.Text;
using Llumnix.Cli.Tests.Processes;
using Llumnix.EngineEmulator;

namespace Llumnix.Cli.Tests.Options;

/// <summary>The flags of routes, given to <c>llumnix serve</c> and <c>llumnix gateway</c> whose fleet does not answer.</summary>
public sealed class RouteFlagsTests
{
    private const string DeadEngine = "127.0.0.1:1";

    public static TheoryData<string, string, string, string, HttpStatusCode> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string, string, HttpStatusCode>();
            foreach (string program in new[] { "serve", "gateway" })
            {
                const string prefixes = """[{"base_url":"local","prefix":"*"},{"base_url":"EXTERNAL","prefix":"big*"}]""";
                cases.Add(program, "weight", """[{"base_url":"local","weight":0},{"base_url":"EXTERNAL","weight":1}]""", "m", HttpStatusCode.OK);
                cases.Add(program, "prefix", prefixes, "big-1", HttpStatusCode.OK);
                cases.Add(program, "prefix", prefixes, "small", HttpStatusCode.BadGateway);
                cases.Add(program, "", """[{"base_url":"EXTERNAL","fallback":true}]""", "m", HttpStatusCode.OK);
            }

            return cases;
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task RoutesOfAFlag_LeadToTheExternalEndpoint(string program, string policy, string routes, string model, HttpStatusCode expected)
    {
        await using EngineHost external = await EngineHost.StartAsync(new EngineHostOptions(), Cancellation);
        Assert.Equal(expected, await AskAsync(program, model, $"--route-policy={policy}", "--route-config=" + Fill(routes, external)));
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("gateway")]
    public async Task RoutesOfAFile_LeadToTheExternalEndpoint(string program)
    {
        await using EngineHost external = await EngineHost.StartAsync(new EngineHostOptions(), Cancellation);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("llumnix-routes-");
        try
        {
            string file = Path.Combine(folder.FullName, "routes.json");
            await File.WriteAllTextAsync(file, Fill("""[{"base_url":"EXTERNAL","api_key":"hunter2","fallback":true}]""", external), Cancellation);
            Assert.Equal(HttpStatusCode.OK, await AskAsync(program, "m", "--route-config-file", file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("", """[{"base_url":"EXTERNAL","fallback":true}]""")]
    [InlineData("prefix", """[{"base_url":"EXTERNAL","prefix":"*"}]""")]
    public async Task ServeWithoutEngines_WhereRoutesNeedNone_AnswersAndIsReady(string policy, string routes)
    {
        await using EngineHost external = await EngineHost.StartAsync(new EngineHostOptions(), Cancellation);
        using LlumnixProcess process = LlumnixProcess.Start(["serve", "--port=0", $"--route-policy={policy}", "--route-config=" + Fill(routes, external)]);
        string started = await process.ReadStartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(started.Split(' ')[^1] + "/") };
        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "m"));
        Assert.Equal("""{"is_ready":true}""", await client.GetStringAsync("/readyz", Cancellation));
        await process.TerminateAsync();
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string model)
    {
        using var body = new StringContent($$"""{"model":"{{model}}","max_tokens":2,"messages":[{"role":"user","content":"a"}]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync("chat/completions", body, Cancellation);
        return answer.StatusCode;
    }

    private static string Fill(string routes, EngineHost external) =>
        routes.Replace("EXTERNAL", FormattableString.Invariant($"http://127.0.0.1:{external.Engines[0].Port}"), StringComparison.Ordinal);

    private static async Task<HttpStatusCode> AskAsync(string program, string model, params string[] flags)
    {
        string[] fleet = program == "serve" ? [$"--engines={DeadEngine}", "--engine-metrics=false"]
            : ["--host=127.0.0.1", "--llm-backend-discovery=endpoints", $"--llm-backend-endpoints={DeadEngine}"];
        using LlumnixProcess process = LlumnixProcess.Start([program, "--port=0", "--retry-max-count=0", .. fleet, .. flags]);
        string started = await process.ReadStartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(started.Split(' ')[^1] + "/") };
        HttpStatusCode status = await AskAsync(client, model);
        await process.TerminateAsync();
        Assert.Equal(0, await process.WaitForExitAsync());
        return status;
    }
}
