using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Tests.Hosting;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Tests.Disaggregation;

/// <summary>SGLang's prefill engine breaks off while the decode engine has the request, too.</summary>
public sealed class SglangPrefillFailureTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Streaming = """{"stream":true}""";
    private static readonly GatewayOptions Options = new() { PdProtocol = PdProtocol.SglangMooncake, IsPdStaged = false, WaitSchedulingTimeout = TimeSpan.Zero };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The decode engine, which can do nothing without the other, is not to blame.</summary>
    [Fact]
    public async Task Post_PrefillBreaksWhileDecodeHasSentItsHeaders_BothLegsArePlacedAgain()
    {
        var rooms = new SglangRooms { AreHeadersFirst = true };
        await using ScriptedEngine failing = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            await context.Response.Body.FlushAsync();
            await rooms.HeadersSent.WaitAsync(Cancellation);
            context.Abort();
        });
        await using ScriptedEngine good = await ScriptedEngine.StartAsync(rooms.PrefillAsync);
        await using ScriptedEngine decode = await ScriptedEngine.StartAsync(rooms.DecodeAsync);
        var placer = new PdTestPlacer([failing.Url, good.Url], [decode.Url]);
        await using TestGateway gateway = await TestGateway.StartAsync(placer, Options);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);
        Assert.Equal(PdAnswers.Stream, await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal([failing.Url.Authority], placer.Queries.Last().Excluded);
        await Eventually.TrueAsync(() => placer.Held == 0 && rooms.WaitingDecodes == 0);
    }

    [Fact]
    public async Task Post_PrefillBreaksAfterDecodeHasBegun_DecodeGoesOn()
    {
        var hasBegun = new TaskCompletionSource();
        var hasBroken = new TaskCompletionSource();
        await using ScriptedEngine prefill = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            await context.Response.Body.FlushAsync();
            await hasBegun.Task.WaitAsync(Cancellation);
            context.Abort();
        });
        await using ScriptedEngine decode = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await hasBroken.Task.WaitAsync(Cancellation);
            await context.Response.WriteAsync("data: 2\n\n");
        });
        var placer = new PdTestPlacer([prefill.Url], [decode.Url]);
        await using TestGateway gateway = await TestGateway.StartAsync(placer, Options);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);
        await Eventually.TrueAsync(() => placer.HeldFor(InferType.Prefill) == 0);
        hasBegun.SetResult();
        hasBroken.SetResult();
        Assert.Equal("data: 1\n\ndata: 2\n\n", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Single(placer.Queries);
        await Eventually.TrueAsync(() => placer.Held == 0);
    }
}
