using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Tests.Hosting;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Polling;

namespace Llumnix.Gateway.Tests.Disaggregation;

/// <summary>What each protocol sends to which engine, byte for byte.</summary>
public sealed partial class PdBodiesTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Start = """{"model":"m","messages":[{"content":"\u003c é"}],"kv_transfer_params":{"x":1},""";
    private const string Middle = "\"max_tokens\":50 , \"max_completion_tokens\":60,\"min_tokens\": 5";
    private const string Kept = "\"model\":\"m\",\"messages\":[{\"content\":\"\\u003c é\"}]";
    private const string One = "\"min_tokens\":1,\"max_completion_tokens\":1,\"max_tokens\":1,";
    private const string Id = "\"request_id\":\"id-1\",";
    private const string Usage = "\"stream_options\":{\"include_usage\":true},";

    /// <summary>All protocols, by one decision and two, streaming and not.</summary>
    public static MatrixTheoryData<PdProtocol, bool, bool> All =>
        new([PdProtocol.VllmKvt, PdProtocol.VllmMooncake, PdProtocol.SglangMooncake], [false, true], [false, true]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Post_AnyProtocol_BothEnginesGetTheirBodies(PdProtocol protocol, bool isStaged, bool isStream)
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        await using ScriptedEngine decode = await PdAnswers.DecodeAsync();
        var placer = new PdTestPlacer([prefill.Url], [decode.Url]);
        await using TestGateway gateway = await TestGateway.StartAsync(placer, new GatewayOptions { PdProtocol = protocol, IsPdStaged = isStaged });

        using HttpResponseMessage answer = await gateway.PostAsync(
            Chat + "?x=1", Start + Middle + (isStream ? ",\"stream\":true}" : "}"), ("x-request-id", "id-1"), ("x-own", "1"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(isStream ? PdAnswers.Stream : PdAnswers.Whole, await answer.Content.ReadAsStringAsync(Cancellation));
        (string? first, string second) = Expected(protocol, isStaged, isStream);
        EngineCall decoded = await decode.NextAsync();
        Assert.Equal((Chat + "?x=1", "id-1", "1"), (decoded.Path, decoded.Headers["x-request-id"], decoded.Headers["x-own"]));
        Assert.Equal(second, WithoutRoom(decoded));
        if (first is not null)
        {
            EngineCall prefilled = await prefill.NextAsync();
            Assert.Equal((Chat + "?x=1", "id-1", "1"), (prefilled.Path, prefilled.Headers["x-request-id"], prefilled.Headers["x-own"]));
            Assert.Equal(first, WithoutRoom(prefilled));
        }

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
        Assert.Equal(expected, sent.Replace($"\"kv_transfer_params\":{MooncakeAsked},", "", StringComparison.Ordinal).Replace(Id, "", StringComparison.Ordinal));
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

    private const string MooncakeAsked =
        """{"do_remote_decode":true,"do_remote_prefill":false,"remote_engine_id":null,"remote_block_ids":null,"remote_host":null,"remote_port":null}""";

    private static (string? Prefill, string Decode) Expected(PdProtocol protocol, bool isStaged, bool isStream)
    {
        string usage = isStream ? Usage : "";
        string end = isStream ? ",\"stream\":true}" : "}";
        string limits = "," + Middle;
        return (protocol, isStaged) switch
        {
            (PdProtocol.VllmKvt, false) => (
                null,
                $$"""{"kv_transfer_params":{"remote_host":"10.1.2.3","remote_port":7777},{{usage}}{{Id}}{{Kept}}{{limits}}{{end}}"""),
            (PdProtocol.VllmKvt, true) => (
                $$"""{"kv_transfer_params":{"do_remote_decode":true},{{One}}{{usage}}{{Id}}{{Kept}}{{end}}""",
                $$"""{"kv_transfer_params":{"do_remote_prefill":true,"remote_host":"10.1.2.3","remote_port":7777},{{usage}}{{Id}}{{Kept}}{{limits}}{{end}}"""),
            (PdProtocol.VllmMooncake, _) => (
                $$"""{"kv_transfer_params":{{MooncakeAsked}},{{One}}{{Id}}{{Kept}}}""",
                $$"""{"kv_transfer_params":{{PdAnswers.KvTransferParams}},{{usage}}{{Id}}{{Kept}}{{limits}}{{end}}"""),
            _ => (
                $$"""{"rid":"id-1","bootstrap_host":"127.0.0.1","bootstrap_room":"N",{{usage}}{{Id}}{{Kept}},"kv_transfer_params":{"x":1}{{limits}}{{end}}""",
                $$"""{"rid":"id-1","bootstrap_host":"127.0.0.1","bootstrap_room":"N",{{usage}}{{Id}}{{Kept}},"kv_transfer_params":{"x":1}{{limits}}{{end}}"""),
        };
    }

    private static string WithoutRoom(EngineCall call) => Room().Replace(Encoding.UTF8.GetString(call.Body), "\"bootstrap_room\":\"N\"");

    [GeneratedRegex("\"bootstrap_room\":\"[0-9]+\"")]
    private static partial Regex Room();
}
