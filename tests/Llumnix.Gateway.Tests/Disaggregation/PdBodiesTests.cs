using System.Net;
using System.Text;
using System.Text.Json;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Tests.Hosting;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Polling;

namespace Llumnix.Gateway.Tests.Disaggregation;

/// <summary>What each protocol sends to which engine, byte for byte.</summary>
public sealed class PdBodiesTests
{
    private const string Chat = "/v1/chat/completions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(PdGolden.All), MemberType = typeof(PdGolden))]
    public async Task Post_AnyProtocol_BothEnginesGetTheirBodies(PdProtocol protocol, bool isStaged, bool isStream)
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        await using ScriptedEngine decode = await PdAnswers.DecodeAsync();
        var placer = new PdTestPlacer([prefill.Url], [decode.Url]);
        await using TestGateway gateway = await TestGateway.StartAsync(placer, new GatewayOptions { PdProtocol = protocol, IsPdStaged = isStaged });

        await new PdGolden(protocol, isStaged, isStream).VerifyAsync(gateway.Client, prefill, decode);

        (SchedulingMode, InferType)[] asked = isStaged
            ? [(SchedulingMode.PdStaged, InferType.Prefill), (SchedulingMode.PdStaged, InferType.Decode)]
            : [(SchedulingMode.PdBatch, InferType.Neutral)];
        Assert.Equal(asked, placer.Queries.Select(static query => (query.Mode, query.Stage)));
        await Eventually.TrueAsync(() => placer.Held == 0 && gateway.Host.ActiveRequests == 0);
    }

    /// <summary>A limit that is not given is not added, except for the one that counts; a minimum that fits stays.</summary>
    [Theory]
    [InlineData("""{"prompt":"a"}""", """{"max_tokens":1,"prompt":"a"}""")]
    [InlineData("""{"prompt":"a","min_tokens":1}""", """{"max_tokens":1,"prompt":"a","min_tokens":1}""")]
    [InlineData("""{"prompt":"a","min_tokens":null}""", """{"max_tokens":1,"prompt":"a","min_tokens":null}""")]
    [InlineData("""{"prompt":"a","min_tokens":"x"}""", """{"max_tokens":1,"prompt":"a","min_tokens":"x"}""")]
    [InlineData("""{"prompt":"a","min_tokens":2.0}""", """{"min_tokens":1,"max_tokens":1,"prompt":"a"}""")]
    [InlineData("""{"max_tokens":7,"stream":true,"max_tokens":8,"stream_options":{},"str\u0065am":true,"prompt":"a"}""", """{"max_tokens":1,"prompt":"a"}""")]
    public async Task Post_Limits_AreOneTokenForPrefill(string body, string expected)
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        await using ScriptedEngine decode = await PdAnswers.DecodeAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(
            new PdTestPlacer([prefill.Url], [decode.Url]), new GatewayOptions { PdProtocol = PdProtocol.VllmMooncake });
        using HttpResponseMessage answer = await gateway.PostAsync("/v1/completions", body, ("x-request-id", "id-1"));
        string sent = Encoding.UTF8.GetString((await prefill.NextAsync()).Body);
        Assert.Equal(expected, sent.Replace($"\"kv_transfer_params\":{PdGolden.MooncakeAsked},", "", StringComparison.Ordinal).Replace(PdGolden.Id, "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"kv_transfer_params":null}""")]
    public async Task Post_PrefillKeptNothing_DecodeIsToldNothing(string prefilled)
    {
        await using ScriptedEngine prefill = await ScriptedEngine.StartAsync(prefilled);
        await using ScriptedEngine decode = await PdAnswers.DecodeAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(
            new PdTestPlacer([prefill.Url], [decode.Url]), new GatewayOptions { PdProtocol = PdProtocol.VllmMooncake });
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, """{"a":1,"kv_transfer_params":{"x":1}}""", ("x-request-id", "id-1"));
        Assert.Equal("""{"request_id":"id-1","a":1}""", Encoding.UTF8.GetString((await decode.NextAsync()).Body));
    }

    /// <summary>The decode engine finds its rank in the room's remainder; static discovery tells of no ranks at all.</summary>
    [Theory]
    [InlineData(3, 4)]
    [InlineData(0, 4)]
    [InlineData(0, 1)]
    [InlineData(0, 0)]
    public async Task Post_Sglang_BothMeetInARoomOfTheDecodeRank(int rank, int size)
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        await using ScriptedEngine decode = await PdAnswers.DecodeAsync();
        var placer = new PdTestPlacer([prefill.Url], [decode.Url]) { DecodeRank = (rank, size) };
        await using TestGateway gateway = await TestGateway.StartAsync(
            placer, new GatewayOptions { PdProtocol = PdProtocol.SglangMooncake, BootstrapPort = 8999 });
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
        byte[] decoded = (await decode.NextAsync()).Body;
        Assert.Equal((await prefill.NextAsync()).Body, decoded);
        using JsonDocument body = JsonDocument.Parse(decoded);
        Assert.Equal(8999, body.RootElement.GetProperty("bootstrap_port").GetInt32());
        long room = long.Parse(body.RootElement.GetProperty("bootstrap_room").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(room, 0, long.MaxValue - 1);
        Assert.Equal(rank, room % Math.Max(1, size));
    }

    /// <summary>Ids are long, and the prefix that is cached matters to the prefill alone.</summary>
    [Fact]
    public async Task Post_Staged_OnlyThePrefillDecisionGetsTheIds()
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        await using ScriptedEngine decode = await PdAnswers.DecodeAsync();
        var placer = new PdTestPlacer([prefill.Url], [decode.Url]);
        await using TestGateway gateway = await TestGateway.StartAsync(
            placer, new GatewayOptions { PdProtocol = PdProtocol.VllmMooncake, IsPdStaged = true, IsTokensForwarded = true });
        using HttpResponseMessage answer = await gateway.PostAsync("/v1/completions", """{"prompt":[7,8,9]}""");
        Assert.Equal([[7u, 8u, 9u], null], placer.Queries.Select(static query => query.PromptTokenIds));
    }

    /// <summary>Nothing is prefilled for them, or nothing is known of how.</summary>
    [Fact]
    public async Task Post_OtherPath_GoesToADecodeEngineAsItIs()
    {
        await using ScriptedEngine decode = await ScriptedEngine.StartAsync("{}");
        var placer = new PdTestPlacer([], [decode.Url]);
        await using TestGateway gateway = await TestGateway.StartAsync(placer, new GatewayOptions { PdProtocol = PdProtocol.VllmKvt });
        using HttpResponseMessage answer = await gateway.PostAsync("/v1/embeddings", """{"input":"a"}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"input":"a"}""", Encoding.UTF8.GetString((await decode.NextAsync()).Body));
        await Eventually.TrueAsync(() => placer.Held == 0);
    }
}
