using System.Net;
using System.Text.Json.Nodes;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.Disaggregation;

/// <summary>Both gateways over emulated prefill and decode engines.</summary>
public sealed class PdTests
{
    /// <summary>All gateways and protocols, by one decision and two, streaming and not.</summary>
    public static MatrixTheoryData<GatewayKind, PdProtocol, bool, bool> All =>
        new(Gateways, Protocols, [false, true], [false, true]);

    /// <summary>All gateways and protocols, by one decision and two.</summary>
    public static MatrixTheoryData<GatewayKind, PdProtocol, bool> Modes => new(Gateways, Protocols, [false, true]);

    private static GatewayKind[] Gateways => [GatewayKind.Serve, GatewayKind.LiteMode, GatewayKind.FullMode];

    private static PdProtocol[] Protocols => [PdProtocol.VllmKvt, PdProtocol.VllmMooncake, PdProtocol.SglangMooncake];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Post_AnyProtocol_AnswersAsOneEngineWould(GatewayKind kind, PdProtocol protocol, bool isStaged, bool isStream)
    {
        await using IPdFleet fleet = await PdFleet.StartAsync(kind, protocol, isStaged, InferType.Prefill, InferType.Decode);
        string body = $$"""{"prompt":"a b c d","max_tokens":5,"stream":{{(isStream ? "true,\"stream_options\":{\"include_usage\":true}" : "false")}}}""";
        using HttpResponseMessage direct = await fleet.PostAsync(body, directly: fleet.Engines.Engines[1]);
        string expected = await direct.Content.ReadAsStringAsync(Cancellation);
        await Eventually.TrueAsync(() => fleet.Engines.Engines[1].Status().StepId >= 5);
        int steps = fleet.Engines.Engines[1].Status().StepId;

        using HttpResponseMessage answer = await fleet.PostAsync(body);

        Assert.Equal((HttpStatusCode.OK, direct.Content.Headers.ContentType), (answer.StatusCode, answer.Content.Headers.ContentType));
        Assert.Equal(Texts(expected), Texts(await answer.Content.ReadAsStringAsync(Cancellation)));
        await fleet.UntilNothingIsHeldAsync();
        await fleet.UntilNoKvIsKeptAsync();
        (HostedEngine prefill, HostedEngine decode) = (fleet.Engines.Engines[0], fleet.Engines.Engines[1]);

        // The emulator does not know SGLang's rooms: both of its engines work for themselves, and the prefill may be the last to end.
        int prefillSteps = protocol == PdProtocol.SglangMooncake ? 5 : 1;
        await Eventually.TrueAsync(() => prefill.Status().StepId >= prefillSteps);
        Assert.Equal(prefillSteps, prefill.Status().StepId);
        await Eventually.TrueAsync(() => decode.Status().StepId - steps >= 5);
        Assert.Equal(5, decode.Status().StepId - steps);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Post_PrefillEngineHasCrashed_IsServedByTheOther(GatewayKind kind, PdProtocol protocol, bool isStaged)
    {
        await using IPdFleet fleet = await PdFleet.StartAsync(kind, protocol, isStaged, InferType.Prefill, InferType.Prefill, InferType.Decode);
        await fleet.Engines.Engines[0].CrashAsync();
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage answer = await fleet.PostAsync("""{"prompt":"a","max_tokens":2}""", id: FormattableString.Invariant($"id-{i}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await fleet.UntilNothingIsHeldAsync();
        await fleet.UntilNoKvIsKeptAsync();
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Post_ClientGoesWithinAStream_NothingStays(GatewayKind kind, PdProtocol protocol, bool isStaged)
    {
        await using IPdFleet fleet = await PdFleet.StartAsync(kind, protocol, isStaged, InferType.Prefill, InferType.Decode);
        using (HttpResponseMessage answer = await fleet.PostAsync("""{"prompt":"a","max_tokens":100000,"stream":true}"""))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await fleet.UntilNothingIsHeldAsync();
        await fleet.UntilNoKvIsKeptAsync();
    }

    /// <returns>The texts and usages of an answer, event by event.</returns>
    private static IEnumerable<string> Texts(string answer)
    {
        foreach (string line in answer.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string json = line.StartsWith("data: ", StringComparison.Ordinal) ? line["data: ".Length..] : line;
            yield return json[0] != '{' ? json : $"{JsonNode.Parse(json)!["choices"]} {JsonNode.Parse(json)!["usage"]}";
        }
    }
}
