using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Tests.Hosting;

namespace Llumnix.Gateway.Tests.Disaggregation;

/// <summary>What a protocol sends to which engine, byte for byte, whatever places the requests. The engines are those of <see cref="PdAnswers"/>.</summary>
internal sealed partial class PdGolden(PdProtocol protocol, bool isStaged, bool isStream)
{
    public const string Id = "\"request_id\":\"id-1\",";
    public const string MooncakeAsked =
        """{"do_remote_decode":true,"do_remote_prefill":false,"remote_engine_id":null,"remote_block_ids":null,"remote_host":null,"remote_port":null}""";

    private const string Path = "/v1/chat/completions?x=1";
    private const string Start = """{"model":"m","messages":[{"content":"\u003c é"}],"kv_transfer_params":{"x":1},""";
    private const string Middle = "\"max_tokens\":50 , \"max_completion_tokens\":60,\"min_tokens\": 5";
    private const string Kept = "\"model\":\"m\",\"messages\":[{\"content\":\"\\u003c é\"}]";
    private const string One = "\"min_tokens\":1,\"max_completion_tokens\":1,\"max_tokens\":1,";
    private const string Usage = "\"stream_options\":{\"include_usage\":true},";

    /// <summary>All protocols, by one decision and two, streaming and not.</summary>
    public static MatrixTheoryData<PdProtocol, bool, bool> All =>
        new([PdProtocol.VllmKvt, PdProtocol.VllmMooncake, PdProtocol.SglangMooncake], [false, true], [false, true]);

    /// <summary>Where the prefill engine's KV cache can be had, as the placer says.</summary>
    public (string Host, int Port) KvTransfer { get; init; } = ("10.1.2.3", 7777);

    /// <summary>Posts a request and checks its answer and what the engines were sent.</summary>
    public async Task VerifyAsync(HttpClient gateway, ScriptedEngine prefill, ScriptedEngine decode)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new StringContent(Start + Middle + (isStream ? ",\"stream\":true}" : "}"), Encoding.UTF8, "application/json"),
        };
        message.Headers.Add("x-request-id", "id-1");
        message.Headers.Add("x-own", "1");
        using HttpResponseMessage answer = await gateway.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(isStream ? PdAnswers.Stream : PdAnswers.Whole, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (string? first, string second) = Expected();
        await VerifyAsync(decode, second);
        if (first is not null)
        {
            await VerifyAsync(prefill, first);
        }
    }

    private static async Task VerifyAsync(ScriptedEngine engine, string body)
    {
        EngineCall call;
        do
        {
            // Schedulers read what engines say of themselves, too.
            call = await engine.NextAsync();
        }
        while (call.Body.Length == 0);

        Assert.Equal((Path, "id-1", "1"), (call.Path, call.Headers["x-request-id"], call.Headers["x-own"]));
        Assert.Equal(body, Room().Replace(Encoding.UTF8.GetString(call.Body), "\"bootstrap_room\":\"N\""));
    }

    private (string? Prefill, string Decode) Expected()
    {
        string usage = isStream ? Usage : "";
        string end = isStream ? ",\"stream\":true}" : "}";
        string limits = "," + Middle;
        string remote = FormattableString.Invariant($"\"remote_host\":\"{KvTransfer.Host}\",\"remote_port\":{KvTransfer.Port}");
        return (protocol, isStaged) switch
        {
            (PdProtocol.VllmKvt, false) => (
                null,
                $$"""{"kv_transfer_params":{{{remote}}},{{usage}}{{Id}}{{Kept}}{{limits}}{{end}}"""),
            (PdProtocol.VllmKvt, true) => (
                $$"""{"kv_transfer_params":{"do_remote_decode":true},{{One}}{{usage}}{{Id}}{{Kept}}{{end}}""",
                $$"""{"kv_transfer_params":{"do_remote_prefill":true,{{remote}}},{{usage}}{{Id}}{{Kept}}{{limits}}{{end}}"""),
            (PdProtocol.VllmMooncake, _) => (
                $$"""{"kv_transfer_params":{{MooncakeAsked}},{{One}}{{Id}}{{Kept}}}""",
                $$"""{"kv_transfer_params":{{PdAnswers.KvTransferParams}},{{usage}}{{Id}}{{Kept}}{{limits}}{{end}}"""),
            _ => (
                $$"""{"rid":"id-1","bootstrap_host":"127.0.0.1","bootstrap_room":"N",{{usage}}{{Id}}{{Kept}},"kv_transfer_params":{"x":1}{{limits}}{{end}}""",
                $$"""{"rid":"id-1","bootstrap_host":"127.0.0.1","bootstrap_room":"N",{{usage}}{{Id}}{{Kept}},"kv_transfer_params":{"x":1}{{limits}}{{end}}"""),
        };
    }

    [GeneratedRegex("\"bootstrap_room\":\"[0-9]+\"")]
    private static partial Regex Room();
}
