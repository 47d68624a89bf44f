using System.Net;
using System.Security.Cryptography;
using System.Text;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Serve;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>docs/reference/gateway.openapi.yaml is what a gateway does.</summary>
public sealed class GatewayApiTests
{
    private const string Key = "secret";
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private static readonly OpenApiDocument Document = new("docs/reference/gateway.openapi.yaml");

    [Fact]
    public async Task Requests_OfTheDocument_AreAnsweredAsItTells()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        string keys = Path.Combine(folder.Root, "keys.json");
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        await File.WriteAllTextAsync(keys, $$"""{"keys":[{"name":"team-a","sha256":"{{hash}}"}]}""", cancellation);
        await using EngineHost engines = await EngineHost.StartAsync(new EngineHostOptions { Engines = [new()] }, cancellation);
        await using ServeHost serve = ServeHost.Build(new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", engines.Engines[0].Port) { Name = "engine-a" }],
            Gateway = new GatewayOptions { Port = 0, ApiKeyFile = keys },
        });
        await serve.Gateway.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = serve.Gateway.Address };
        await Eventually.TrueAsync(async () =>
        {
            using HttpResponseMessage answer = await client.GetAsync("readyz", cancellation);
            return answer.IsSuccessStatusCode;
        });
        foreach (CheckedRequest request in Document.Checks)
        {
            await AnswerCheck.SendAsync(client, request, Key);
        }

        Assert.Empty(await WrongRequests.FindDeviationsAsync(client, Document.Operations, Key));
        Assert.Equal(
            Document.Paths.Where(static path => path.StartsWith("/v1/", StringComparison.Ordinal)), await WrongRequests.FindUnauthorizedAsync(client, Document.Paths));
        await serve.Gateway.StopAsync();
    }

    /// <summary>Whatever wrong requests are answered is in the document: without keys, and without an engine that answers.</summary>
    [Fact]
    public async Task WrongRequests_ToServeWithoutEngines_AreAnsweredAsTheDocumentTells()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using ServeHost serve = ServeHost.Build(new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", FreePort.Find(1)[0]) { Name = "engine-a" }],
            Gateway = new GatewayOptions { Port = 0, WaitSchedulingTimeout = Soon },
            Console = new ConsoleOptions { IsEnabled = true, Port = 0 },
        });
        await serve.Gateway.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = serve.Gateway.Address };
        Assert.Empty(await WrongRequests.FindDeviationsAsync(client, Document.Operations));
        using var ofConsole = new HttpClient { BaseAddress = serve.ConsoleAddress };
        Assert.Empty(await WrongRequests.FindDeviationsAsync(ofConsole, new OpenApiDocument("docs/reference/admin.openapi.yaml").Operations));
        await serve.Gateway.StopAsync();
    }

    /// <summary>The server reads no body above its bound and closes the connection, which the answer must announce: the next request on it would be lost.</summary>
    [Fact]
    public async Task LongBody_ThatIsRefusedUnread_EndsTheConnectionAsTold()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using ServeHost serve = ServeHost.Build(new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", FreePort.Find(1)[0]) { Name = "engine-a" }],
            Gateway = new GatewayOptions { Port = 0, MaxBodyBytes = 1000 },
        });
        await serve.Gateway.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = serve.Gateway.Address };
        foreach ((int length, bool isTold) in new[] { (1000, false), (1001, true) })
        {
            using var body = new StringContent(new string(' ', length));
            using HttpResponseMessage answer = await client.PostAsync("/nowhere", body, cancellation);
            Assert.Equal((HttpStatusCode.NotFound, isTold), (answer.StatusCode, answer.Headers.ConnectionClose == true));
        }

        await serve.Gateway.StopAsync();
    }

    /// <summary>A gateway whose scheduler cannot be reached, and that knows no engine that answers.</summary>
    [Fact]
    public async Task WrongRequests_ToAGatewayWithoutScheduler_AreAnsweredAsTheDocumentTells()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        int[] ports = FreePort.Find(2);
        OptionsParseResult<GatewayFlags> parsed = OptionsParser.Parse(
            GatewayOptionTable.Instance,
            [
                "--host=127.0.0.1", "--port=0", $"--scheduler-endpoints=127.0.0.1:{ports[1]}", "--llm-backend-discovery=endpoints", $"--llm-backend-endpoints=127.0.0.1:{ports[0]}",
                "--wait-scheduling-timeout=50ms",
            ],
            new Dictionary<string, string>(),
            static path => throw new FileNotFoundException(path));
        Assert.Empty(parsed.Errors);
        await using var gateway = new FleetGateway(parsed.Options.ToSettings() with { IsProcess = false });
        await gateway.Host.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = gateway.Host.Address };
        Assert.Empty(await WrongRequests.FindDeviationsAsync(client, Document.Operations));
        await gateway.Host.StopAsync();
    }
}
