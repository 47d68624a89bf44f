using System.Net;
using Llumnix.Adapters.Secrets;
using Llumnix.Gateway.Options;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>A gateway before engines that ask for an API key of their own, as vLLM does with <c>--api-key</c>.</summary>
public sealed class EngineKeyTests : IDisposable
{
    private const string Chat = "/v1/chat/completions";
    private const string Models = """{"object":"list","data":[{"id":"m"}]}""";
    private readonly string _file = Path.GetTempFileName();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Post_EngineAsksForItsKey_ItGetsThatAndNotTheClients()
    {
        await File.WriteAllTextAsync(_file, "engine-key\n", Cancellation);
        await using ScriptedEngine engine = await StartEngineAsync("engine-key");
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(engine.Url), new GatewayOptions { EngineApiKeyFile = _file, IsAuthorizationForwarded = true }, null, engine.Url);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}", ("Authorization", "Bearer client-key"), ("x-api-key", "client-key"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        EngineCall call = await engine.NextAsync();
        Assert.Equal("Bearer engine-key", call.Headers["Authorization"]);
        Assert.DoesNotContain(call.Headers, static header => header.Value.Contains("client-key", StringComparison.Ordinal));
        Assert.Contains("\"m\"", await gateway.Client.GetStringAsync("/v1/models", Cancellation), StringComparison.Ordinal);
        Assert.DoesNotContain("warning\":\"", await gateway.Client.GetStringAsync("/readyz", Cancellation), StringComparison.Ordinal);
    }

    /// <summary>A scheduler in the same process has read the file and follows it: the gateway does neither.</summary>
    [Fact]
    public async Task Post_ProgramFollowsTheFile_ItsKeyIsSentAndTheFileNotReadAgain()
    {
        await File.WriteAllTextAsync(_file, "engine-key\n", Cancellation);
        var key = new EngineKey(_file, TimeProvider.System, NullLogger<EngineKey>.Instance);
        await using ScriptedEngine engine = await StartEngineAsync("engine-key");
        await using TestGateway gateway = await TestGateway.StartWithKeyAsync(
            key, new TestPlacer(engine.Url), new GatewayOptions { EngineApiKeyFile = "/nowhere/key" }, null, engine.Url);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, "they ask for an API key: give it by --engine-api-key-file")]
    [InlineData("wrong", "the key in --engine-api-key-file is not the one that they accept")]
    public async Task Post_EngineDeniesTheKey_ReadyzNamesItAndItIsCounted(string? key, string advice)
    {
        await File.WriteAllTextAsync(_file, key ?? "", Cancellation);
        await using ScriptedEngine engine = await StartEngineAsync("engine-key");
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(engine.Url), new GatewayOptions { EngineApiKeyFile = key is null ? "" : _file }, null, engine.Url);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        string ready = await gateway.Client.GetStringAsync("/readyz", Cancellation);
        Assert.Contains("1 of 1 engines deny requests with 401 or 403 (", ready, StringComparison.Ordinal);
        Assert.Contains($"); {advice}", ready, StringComparison.Ordinal);
        string metrics = await gateway.Client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("gateway_engine_denied_total{status_code=\"401\"} 2\n", metrics, StringComparison.Ordinal);
    }

    /// <summary>The first look at /readyz asks the engines for their models.</summary>
    [Fact]
    public async Task Readyz_BeforeAnyRequest_NamesTheEngineThatDenies()
    {
        await using ScriptedEngine engine = await StartEngineAsync("engine-key");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url), null, null, engine.Url);
        Assert.Contains("deny requests", await gateway.Client.GetStringAsync("/readyz", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_ClientsCredentialsArePassedOn_A401IsTheirOwn()
    {
        await using ScriptedEngine engine = await StartEngineAsync("engine-key");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url), new GatewayOptions { IsAuthorizationForwarded = true }, null, engine.Url);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}", ("Authorization", "Bearer wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain("deny", await gateway.Client.GetStringAsync("/readyz", Cancellation), StringComparison.Ordinal);
    }

    private static Task<ScriptedEngine> StartEngineAsync(string key) => ScriptedEngine.StartAsync((context, _) =>
    {
        bool isAllowed = context.Request.Headers.Authorization == "Bearer " + key;
        context.Response.StatusCode = isAllowed ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(isAllowed ? Models : "{}", Cancellation);
    });
}
