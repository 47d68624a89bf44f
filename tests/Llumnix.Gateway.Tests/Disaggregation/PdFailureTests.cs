using System.Net;
using System.Text.Json;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Tests.Hosting;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Tests.Disaggregation;

/// <summary>Engines that fail in one of the two legs of a request: it is placed again, and nothing of the other leg stays behind.</summary>
public sealed class PdFailureTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Streaming = """{"stream":true}""";

    /// <summary>All protocols whose prefill engine the gateway calls, by one decision and two, and all ways to fail.</summary>
    public static MatrixTheoryData<PdProtocol, bool, string> Failures =>
        new([PdProtocol.VllmMooncake, PdProtocol.SglangMooncake], [false, true], ["refused", "500", "broken before", "broken within"]);

    /// <summary>All protocols, by one decision and two.</summary>
    public static MatrixTheoryData<PdProtocol, bool> All =>
        new([PdProtocol.VllmKvt, PdProtocol.VllmMooncake, PdProtocol.SglangMooncake], [false, true]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Failures))]
    [InlineData(PdProtocol.VllmKvt, true, "refused")]
    [InlineData(PdProtocol.VllmKvt, true, "500")]
    [InlineData(PdProtocol.VllmKvt, true, "broken before")]
    [InlineData(PdProtocol.VllmKvt, true, "broken within")]
    [InlineData(PdProtocol.VllmKvt, true, "error event")]
    public async Task Post_PrefillFails_BothLegsArePlacedAgain(PdProtocol protocol, bool isStaged, string failure)
    {
        await using ScriptedEngine failing = failure == "error event"
            ? await ScriptedEngine.StartAsync("data: {\"error\":{}}\n\n", "text/event-stream") : await PdAnswers.FailingAsync(failure);
        var rooms = new SglangRooms();
        await using ScriptedEngine good = await ScriptedEngine.StartAsync(rooms.PrefillAsync);
        await using ScriptedEngine decode = await ScriptedEngine.StartAsync(rooms.DecodeAsync);
        Uri first = failure == "refused" ? Away() : failing.Url;
        var placer = new PdTestPlacer([first, good.Url], [decode.Url]);
        await using TestGateway gateway = await StartAsync(placer, protocol, isStaged);

        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);

        Assert.Equal(PdAnswers.Stream, await answer.Content.ReadAsStringAsync(Cancellation));
        InferType[] stages = [.. placer.Queries.Select(static query => query.Stage)];
        Assert.Equal(
            !isStaged ? [InferType.Neutral, InferType.Neutral]
            : protocol == PdProtocol.SglangMooncake ? [InferType.Prefill, InferType.Decode, InferType.Prefill, InferType.Decode]
            : [InferType.Prefill, InferType.Prefill, InferType.Decode],
            stages);
        Assert.Contains(first.Authority, placer.Queries.Last().Excluded);
        Assert.DoesNotContain(decode.Url.Authority, placer.Queries.Last().Excluded);
        await Eventually.TrueAsync(() => placer.Held == 0 && rooms.WaitingDecodes == 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Post_DecodeFailsAfterPrefill_BothLegsArePlacedAgain(PdProtocol protocol, bool isStaged)
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        await using ScriptedEngine failing = await PdAnswers.FailingAsync("500");
        await using ScriptedEngine good = await PdAnswers.DecodeAsync();
        var placer = new PdTestPlacer([prefill.Url], [failing.Url, good.Url]);
        await using TestGateway gateway = await StartAsync(placer, protocol, isStaged);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);
        Assert.Equal(PdAnswers.Stream, await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(
            isStaged ? [InferType.Prefill, InferType.Decode, InferType.Prefill, InferType.Decode] : [InferType.Neutral, InferType.Neutral],
            placer.Queries.Select(static query => query.Stage));
        Assert.Equal([failing.Url.Authority], placer.Queries.Last().Excluded);
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    /// <summary>The prefill engine still keeps the KV cache of the first attempt, under that one's id, and refuses another request with it.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public async Task Post_DecodeFailsAfterPrefill_TheNextAttemptHasAnIdOfItsOwn(PdProtocol protocol, bool isStaged)
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        bool isPrefillCalled = protocol != PdProtocol.VllmKvt || isStaged;
        await using ScriptedEngine failing = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            // Where both legs are sent at once, the prefill engine may not have seen its own yet.
            await Eventually.TrueAsync(() => !isPrefillCalled || prefill.Unseen > 0);
            context.Response.StatusCode = 500;
        });
        await using ScriptedEngine good = await PdAnswers.DecodeAsync();
        await using TestGateway gateway = await StartAsync(new PdTestPlacer([prefill.Url], [failing.Url, good.Url]), protocol, isStaged);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming, ("x-request-id", "id-1"));
        Assert.Equal("id-1", answer.Headers.GetValues("x-request-id").Single());
        AssertId(await failing.NextAsync(), "id-1");
        AssertId(await good.NextAsync(), "id-1+1");
        if (isPrefillCalled)
        {
            AssertId(await prefill.NextAsync(), "id-1");
            AssertId(await prefill.NextAsync(), "id-1+1");
        }
    }

    /// <summary>A late release would end the second placement of the request on the prefill engine.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public async Task Post_DecodeFailsAfterPrefill_TheNextAttemptIsPlacedAfterTheReleases(PdProtocol protocol, bool isStaged)
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        await using ScriptedEngine failing = await PdAnswers.FailingAsync("500");
        await using ScriptedEngine good = await PdAnswers.DecodeAsync();
        int queriesBefore = 0;
        PdTestPlacer? placer = null;
        placer = new PdTestPlacer([prefill.Url], [failing.Url, good.Url])
        {
            Settle = () =>
            {
                queriesBefore = placer!.Queries.Count;
                return Task.CompletedTask;
            },
        };
        await using TestGateway gateway = await StartAsync(placer, protocol, isStaged);

        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);

        Assert.Equal(PdAnswers.Stream, await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(isStaged ? 2 : 1, queriesBefore);
        Assert.Equal(isStaged ? 4 : 2, placer.Queries.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_KvtAddressIsNotKnown_NoEngineIsCalled(bool isStaged)
    {
        var placer = new PdTestPlacer([Away()], [Away()]) { AuxPort = 0 };
        await using TestGateway gateway = await StartAsync(placer, PdProtocol.VllmKvt, isStaged);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(2, placer.Queries.Count);
        Assert.Equal(0, placer.Held);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Post_EveryDecodeEngineFails_ItsOwnWordsGoOn(PdProtocol protocol, bool isStaged)
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        await using ScriptedEngine failing = await PdAnswers.FailingAsync("500");
        var placer = new PdTestPlacer([prefill.Url], [failing.Url]);
        await using TestGateway gateway = await StartAsync(placer, protocol, isStaged);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");

        // With two decisions the second prefill has no decode engine to follow.
        Assert.Equal(isStaged ? HttpStatusCode.BadGateway : HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("error", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    /// <summary>What is wrong with the request is wrong at every engine.</summary>
    [Theory]
    [InlineData(PdProtocol.VllmKvt, true)]
    [InlineData(PdProtocol.VllmMooncake, true)]
    [InlineData(PdProtocol.VllmMooncake, false)]
    [InlineData(PdProtocol.SglangMooncake, true)]
    [InlineData(PdProtocol.SglangMooncake, false)]
    public async Task Post_PrefillSaysThatTheRequestIsWrong_TheClientIsToldSo(PdProtocol protocol, bool isStaged)
    {
        await using ScriptedEngine prefill = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("too long");
        });
        var dropped = new TaskCompletionSource();
        await using ScriptedEngine decode = await ScriptedEngine.StartAsync((context, _) => UntilDroppedAsync(context, dropped));
        var placer = new PdTestPlacer([prefill.Url], [decode.Url]);
        await using TestGateway gateway = await StartAsync(placer, protocol, isStaged);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Streaming);
        Assert.Equal((HttpStatusCode.BadRequest, "too long"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation)));
        Assert.Equal(isStaged && protocol == PdProtocol.SglangMooncake ? 2 : 1, placer.Queries.Count);
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Theory]
    [InlineData(PdProtocol.VllmKvt)]
    [InlineData(PdProtocol.VllmMooncake)]
    [InlineData(PdProtocol.SglangMooncake)]
    public async Task Post_NoRoomForDecodeAfterPrefill_Is503(PdProtocol protocol)
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        var placer = new PdTestPlacer([prefill.Url], []) { DecodeRefusal = PlacementRefusal.Busy };
        await using TestGateway gateway = await StartAsync(placer, protocol, isStaged: true);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        using JsonDocument body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("no_capacity", body.RootElement.GetProperty("error").GetProperty("code").GetString());
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    /// <summary>The prefill engine gets new work as soon as it can do it: when its call is over, or else when decode shows that it has the KV cache.</summary>
    [Theory]
    [InlineData(PdProtocol.VllmKvt, true, 0)]
    [InlineData(PdProtocol.VllmMooncake, false, 0)]
    [InlineData(PdProtocol.VllmMooncake, true, 0)]
    [InlineData(PdProtocol.VllmKvt, false, 1)]
    [InlineData(PdProtocol.SglangMooncake, false, 1)]
    public async Task Post_PrefillIsDone_ItsEngineIsGivenBackBeforeDecodeIs(PdProtocol protocol, bool isStaged, int heldAtDecode)
    {
        var isToEnd = new TaskCompletionSource();
        await using ScriptedEngine prefill = protocol == PdProtocol.SglangMooncake
            ? await ScriptedEngine.StartAsync(async (context, _) =>
            {
                await context.Response.Body.FlushAsync();
                await isToEnd.Task.WaitAsync(Cancellation);
            })
            : await PdAnswers.PrefillAsync();
        PdTestPlacer placer = null!;
        var held = new TaskCompletionSource<int>();
        var isToBegin = new TaskCompletionSource();
        await using ScriptedEngine decode = await ScriptedEngine.StartAsync(async (context, _) =>
        {
            held.SetResult(placer.HeldFor(InferType.Prefill));
            context.Response.ContentType = "text/event-stream";
            await isToBegin.Task.WaitAsync(Cancellation);
            await context.Response.WriteAsync("data: {}\n\n");
            await context.Response.Body.FlushAsync();
            await isToEnd.Task.WaitAsync(Cancellation);
        });
        placer = new PdTestPlacer([prefill.Url], [decode.Url]);
        await using TestGateway gateway = await StartAsync(placer, protocol, isStaged);
        Task<HttpResponseMessage> call = gateway.PostAsync(Chat, Streaming);
        Assert.Equal(heldAtDecode, await held.Task.WaitAsync(Cancellation));
        isToBegin.SetResult();
        using HttpResponseMessage answer = await call;
        await Eventually.TrueAsync(() => (placer.HeldFor(InferType.Prefill), placer.HeldFor(InferType.Decode)) == (0, 1));
        isToEnd.SetResult();
        Assert.Equal("data: {}\n\n", await answer.Content.ReadAsStringAsync(Cancellation));
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Theory]
    [InlineData(PdProtocol.VllmKvt, true)]
    [InlineData(PdProtocol.VllmMooncake, false)]
    [InlineData(PdProtocol.SglangMooncake, false)]
    public async Task Post_ClientGoesDuringPrefill_NothingStays(PdProtocol protocol, bool isStaged)
    {
        var dropped = new TaskCompletionSource();
        var droppedToo = new TaskCompletionSource();
        await using ScriptedEngine prefill = await ScriptedEngine.StartAsync((context, _) => UntilDroppedAsync(context, dropped));
        await using ScriptedEngine decode = await ScriptedEngine.StartAsync((context, _) => UntilDroppedAsync(context, droppedToo));
        var placer = new PdTestPlacer([prefill.Url], [decode.Url]);
        await using TestGateway gateway = await StartAsync(placer, protocol, isStaged);
        Task<HttpResponseMessage> call = gateway.PostAsync(Chat, Streaming);
        await prefill.NextAsync();
        if (protocol == PdProtocol.SglangMooncake)
        {
            await decode.NextAsync();
        }

        gateway.Client.CancelPendingRequests();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await dropped.Task.WaitAsync(Cancellation);
        if (protocol == PdProtocol.SglangMooncake)
        {
            await droppedToo.Task.WaitAsync(Cancellation);
        }

        await Eventually.TrueAsync(() => placer.Held == 0 && gateway.Host.ActiveRequests == 0);
        Assert.Single(placer.Queries);
    }

    private static Task<TestGateway> StartAsync(PdTestPlacer placer, PdProtocol protocol, bool isStaged) => TestGateway.StartAsync(
        placer, new GatewayOptions { PdProtocol = protocol, IsPdStaged = isStaged, WaitSchedulingTimeout = TimeSpan.Zero });

    private static void AssertId(EngineCall call, string id)
    {
        using JsonDocument body = JsonDocument.Parse(call.Body);
        Assert.Equal((id, id), (call.Headers["x-request-id"], body.RootElement.GetProperty("request_id").GetString()));
    }

    private static Uri Away() => new(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Find(1)[0]}"));

    private static async Task UntilDroppedAsync(HttpContext context, TaskCompletionSource dropped)
    {
        using CancellationTokenRegistration registration = context.RequestAborted.Register(() => dropped.TrySetResult());
        await dropped.Task.WaitAsync(Cancellation);
    }
}
