using System.Text.Json;
using Llumnix.Gateway.Placement;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>A client that asks for a model that no engine serves is told which models there are.</summary>
public sealed class UnknownModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_ModelThatNoEngineServes_NamesTheServedOnes()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(ModelsOf(["llama", "qwen"]));
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer { Refuse = static () => PlacementRefusal.NotFound }, null, null, engine.Url);
        using HttpResponseMessage answer = await gateway.PostAsync("/v1/chat/completions", """{"model":"lama","messages":[]}""");
        Assert.Equal("""no engine serves the model "lama"; served are: llama, qwen""", await MessageAsync(answer));
        using HttpResponseMessage shown = await gateway.Client.GetAsync("/v1/models/lama", Cancellation);
        Assert.Equal("""no engine serves the model "lama"; served are: llama, qwen""", await MessageAsync(shown));
    }

    [Fact]
    public async Task Post_ManyModelsWithLongNames_TheListIsBounded()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(ModelsOf([.. Enumerable.Range(0, 100).Select(static i => new string('m', 5000) + i)]));
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer { Refuse = static () => PlacementRefusal.NotFound }, null, null, engine.Url);
        using HttpResponseMessage answer = await gateway.PostAsync("/v1/chat/completions", $$"""{"model":"{{new string('x', 200)}}","messages":[]}""");
        string message = await MessageAsync(answer);
        Assert.InRange(message.Length, 100, 1200);
        Assert.EndsWith(" and 90 more (GET /v1/models)", message, StringComparison.Ordinal);
    }

    /// <summary>The model is served, and something else is missing, such as an engine for decode.</summary>
    [Fact]
    public async Task Post_ModelIsServed_SaysThatNoEngineServesSuchRequests()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(ModelsOf(["llama"]));
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer { Refuse = static () => PlacementRefusal.NotFound }, null, null, engine.Url);
        using HttpResponseMessage answer = await gateway.PostAsync("/v1/chat/completions", """{"model":"llama","messages":[]}""");
        Assert.Equal("no engine serves such requests", await MessageAsync(answer));
    }

    private static string ModelsOf(string[] names) => $$"""{"object":"list","data":[{{string.Join(',', names.Select(static name => $$"""{"id":"{{name}}"}"""))}}]}""";

    private static async Task<string> MessageAsync(HttpResponseMessage answer)
    {
        await ErrorAnswer.AssertAsync(answer, 404, "invalid_request_error");
        Assert.DoesNotContain("u0022", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        return json.RootElement.GetProperty("error").GetProperty("message").GetString()!;
    }
}
