using System.Net;
using System.Text.Json.Nodes;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Http;

public sealed class ProvokedFaultTests
{
    private const string Streamed = """{"prompt":"a","max_tokens":20,"stream":true}""";
    private const string Whole = """{"prompt":"a","max_tokens":20}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Error_InAStream_IsAnEventAfterTheTokens()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);

        using HttpResponseMessage response = await SendAsync(host, Streamed, "error", "3");
        string[] events = (await response.Content.ReadAsStringAsync(Cancellation)).Split("\n\n");

        Assert.Equal(6, events.Length);
        JsonNode error = JsonNode.Parse(events[3]["data: ".Length..])!["error"]!;
        Assert.Equal(("InternalServerError", null, 500), ((string?)error["type"], (string?)error["param"], (int?)error["code"]));
        Assert.Equal(["data: [DONE]", ""], events[4..]);
        await Eventually.TrueAsync(() => host.Engines[0].Status() is { RunningRequestCount: 0, UsedGpuTokens: 0 });
    }

    [Theory]
    [InlineData(Streamed)]
    [InlineData(Whole)]
    public async Task Error_BeforeAnything_Is500(string body)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);

        using HttpResponseMessage response = await SendAsync(host, body, "error", "0");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Theory]
    [InlineData(Streamed, "data: ")]
    [InlineData(Whole, "{\"id\"")]
    public async Task Cut_LeavesAHalf(string body, string start)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using HttpResponseMessage response = await SendAsync(host, body, "cut", "2");
        await using Stream stream = await response.Content.ReadAsStreamAsync(Cancellation);
        using var received = new MemoryStream();

        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(received, Cancellation));

        string text = System.Text.Encoding.UTF8.GetString(received.ToArray());
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.False(text.EndsWith('}') || text.EndsWith('\n'));
        await Eventually.TrueAsync(() => host.Engines[0].Status() is { RunningRequestCount: 0, UsedGpuTokens: 0 });
    }

    [Fact]
    public async Task Hang_SendsTheTokensAndNothingMore()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);
        using HttpResponseMessage response = await SendAsync(host, Streamed, "hang", "1");
        await using Stream stream = await response.Content.ReadAsStreamAsync(Cancellation);
        using var reader = new StreamReader(stream);

        Assert.Contains("\" 1\"", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal("", await reader.ReadLineAsync(Cancellation));
        await Eventually.TrueAsync(() => host.Engines[0].Status().RunningRequestCount == 0);
    }

    [Theory]
    [InlineData("x-emulator-fault", "maybe")]
    [InlineData("x-emulator-fault-after", "-1")]
    [InlineData("x-emulator-delay-ms", "600001")]
    public async Task BadHeader_Is400AndNamed(string name, string value)
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);

        using HttpResponseMessage response = await SendAsync(host, Whole, (name, value));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(name + " is not", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DelayAndRank_AreTakenFromHeaders()
    {
        await using EngineHost host = await EngineHostBuilder.StartAsync(InferType.Neutral);

        Task<HttpResponseMessage> delayed = SendAsync(host, Whole, ("x-emulator-delay-ms", "600000"));
        using HttpResponseMessage other = await SendAsync(host, Whole, ("X-data-parallel-rank", "3"));

        Assert.Equal(["3"], other.Headers.GetValues("X-data-parallel-rank"));
        Assert.False(delayed.IsCompleted);
        await host.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => delayed);
    }

    private static Task<HttpResponseMessage> SendAsync(EngineHost host, string body, string kind, string after) =>
        SendAsync(host, body, ("x-emulator-fault", kind), ("x-emulator-fault-after", after));

    private static async Task<HttpResponseMessage> SendAsync(EngineHost host, string body, params (string Name, string Value)[] headers)
    {
        using var client = new EngineClient(host.Engines[0]);
        return await client.SendAsync("/v1/completions", body, headers: headers);
    }
}
