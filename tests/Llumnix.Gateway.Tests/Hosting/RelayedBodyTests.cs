using System.Net;
using System.Security.Cryptography;
using System.Text;
using Llumnix.Gateway.Options;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>Bodies and headers on their way between a client and an engine, and those that go no further.</summary>
public sealed class RelayedBodyTests
{
    private const string Chat = "/v1/chat/completions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_VisionBody_ArrivesByteForByte()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        string image = Convert.ToBase64String(RandomNumberGenerator.GetBytes(3 << 20));
        string body = $$"""{ "model":"vl", "odd" : [1.0e5,"\u00e9\/"], "messages":[{"role":"user","content":[{"image_url":{"url":"data:image/png;base64,{{image}}" } }]}]  }""";
        using HttpResponseMessage answer = await gateway.PostAsync(Chat + "?x=%2F1", body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        EngineCall call = await engine.NextAsync();
        Assert.Equal(Chat + "?x=%2F1", call.Path);
        Assert.Equal(body, Encoding.UTF8.GetString(call.Body));
        Assert.Equal("vl", Assert.Single(placer.Queries).Model);
    }

    [Fact]
    public async Task Post_NoJson_PassesThrough()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url));
        using var form = new MultipartFormDataContent { { new ByteArrayContent([0, 1, 255]), "file", "a.wav" } };
        byte[] sent = await form.ReadAsByteArrayAsync(Cancellation);
        using HttpResponseMessage answer = await gateway.Client.PostAsync("/v1/audio/transcriptions", form, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        EngineCall call = await engine.NextAsync();
        Assert.Equal(sent, call.Body);
        Assert.StartsWith("multipart/form-data", call.Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_Headers_AllButThoseOfTheConnectionGoBothWays()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.Headers["x-engine"] = "e";
            context.Response.Headers["x-request-id"] = "engine's";
            context.Response.Headers.KeepAlive = "timeout=5";
            await context.Response.WriteAsync("{}");
        });
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url));
        using HttpResponseMessage answer = await gateway.PostAsync(
            Chat, "{}", ("x-request-id", "id-1"), ("x-own", "1"), ("traceparent", "00-1"), ("Authorization", "Bearer secret"), ("Accept-Encoding", "gzip"), ("TE", "trailers"));
        EngineCall call = await engine.NextAsync();
        Assert.Equal(("id-1", "1", "00-1"), (call.Headers["x-request-id"], call.Headers["x-own"], call.Headers["traceparent"]));
        Assert.DoesNotContain("Authorization", call.Headers.Keys);
        Assert.DoesNotContain("Accept-Encoding", call.Headers.Keys);
        Assert.DoesNotContain("TE", call.Headers.Keys);
        Assert.Equal(engine.Url.Authority, call.Headers["Host"]);
        Assert.Equal(["id-1"], answer.Headers.GetValues("x-request-id"));
        Assert.Equal(["e"], answer.Headers.GetValues("x-engine"));
        Assert.False(answer.Headers.Contains("Keep-Alive"));
    }

    [Fact]
    public async Task Post_AuthorizationToldToGoOn_GoesOn()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url), new GatewayOptions { IsAuthorizationForwarded = true });
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}", ("Authorization", "Bearer secret"));
        Assert.Equal("Bearer secret", (await engine.NextAsync()).Headers["Authorization"]);
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    public async Task Post_NoRequest_IsRefusedInOpenAiShape(string body, int status)
    {
        var placer = new TestPlacer();
        await using TestGateway gateway = await TestGateway.StartAsync(placer);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, body);
        await ErrorAnswer.AssertAsync(answer, status, "invalid_request_error");
        Assert.Empty(placer.Queries);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_LongBody_Is413(bool isAnnounced)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(), new GatewayOptions { MaxBodyBytes = 1000 });
        using var content = new StringContent(new string('x', 1001));
        using var message = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = content };
        message.Headers.TransferEncodingChunked = !isAnnounced;
        using HttpResponseMessage answer = await gateway.Client.SendAsync(message, Cancellation);
        await ErrorAnswer.AssertAsync(answer, 413, "invalid_request_error", "body_too_long");
    }
}
