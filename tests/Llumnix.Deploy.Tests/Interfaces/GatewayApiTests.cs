using System.Security.Cryptography;
using System.Text;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Testing.Polling;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>docs/reference/gateway.openapi.yaml is what a gateway does.</summary>
public sealed class GatewayApiTests
{
    private const string Key = "secret";
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

        await serve.Gateway.StopAsync();
    }
}
