using System.Net;
using System.Text.Json.Nodes;
using Llumnix.Cli.Serve;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.Serve;

/// <summary><c>llumnix serve</c> over emulated prefill and decode engines.</summary>
public sealed class PdServeTests
{
    private const string Path = "/v1/completions";

    /// <summary>All protocols, by one decision and two, streaming and not.</summary>
    public static MatrixTheoryData<PdProtocol, bool, bool> All =>
        new([PdProtocol.VllmKvt, PdProtocol.VllmMooncake, PdProtocol.SglangMooncake], [false, true], [false, true]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Post_AnyProtocol_AnswersAsOneEngineWould(PdProtocol protocol, bool isStaged, bool isStream)
    {
        await using EmulatedServe serve = await StartAsync(protocol, isStaged);
        string body = $$"""{"prompt":"a b c d","max_tokens":5,"stream":{{(isStream ? "true,\"stream_options\":{\"include_usage\":true}" : "false")}}}""";
        using HttpResponseMessage direct = await serve.PostAsync(Path, body, serve.Engines.Engines[1]);
        string expected = await direct.Content.ReadAsStringAsync(Cancellation);
        int steps = serve.Engines.Engines[1].Status().StepId;

        using HttpResponseMessage answer = await serve.PostAsync(Path, body);

        Assert.Equal((HttpStatusCode.OK, direct.Content.Headers.ContentType), (answer.StatusCode, answer.Content.Headers.ContentType));
        Assert.Equal(Texts(expected), Texts(await answer.Content.ReadAsStringAsync(Cancellation)));
        await serve.UntilNothingIsHeldAsync();
        await UntilNoKvIsKeptAsync(serve);
        (HostedEngine prefill, HostedEngine decode) = (serve.Engines.Engines[0], serve.Engines.Engines[1]);

        // The emulator does not know SGLang's rooms: both of its engines work for themselves.
        Assert.Equal(protocol == PdProtocol.SglangMooncake ? 5 : 1, prefill.Status().StepId);
        Assert.Equal(5, decode.Status().StepId - steps);
    }

    [Theory]
    [InlineData(PdProtocol.VllmKvt, true)]
    [InlineData(PdProtocol.VllmMooncake, false)]
    [InlineData(PdProtocol.VllmMooncake, true)]
    [InlineData(PdProtocol.SglangMooncake, false)]
    public async Task Post_PrefillEngineHasCrashed_IsServedByTheOther(PdProtocol protocol, bool isStaged)
    {
        await using EmulatedServe serve = await StartAsync(protocol, isStaged, InferType.Prefill, InferType.Prefill, InferType.Decode);
        await serve.Engines.Engines[0].CrashAsync();
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage answer = await serve.PostAsync(Path, """{"prompt":"a","max_tokens":2}""", id: FormattableString.Invariant($"id-{i}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await serve.UntilNothingIsHeldAsync();
        await UntilNoKvIsKeptAsync(serve);
    }

    [Theory]
    [InlineData(PdProtocol.VllmKvt, false)]
    [InlineData(PdProtocol.VllmKvt, true)]
    [InlineData(PdProtocol.VllmMooncake, false)]
    [InlineData(PdProtocol.VllmMooncake, true)]
    [InlineData(PdProtocol.SglangMooncake, true)]
    public async Task Post_ClientGoesWithinAStream_NothingStays(PdProtocol protocol, bool isStaged)
    {
        await using EmulatedServe serve = await StartAsync(protocol, isStaged);
        using (HttpResponseMessage answer = await serve.PostAsync(Path, """{"prompt":"a","max_tokens":100000,"stream":true}"""))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await serve.UntilNothingIsHeldAsync();
        await UntilNoKvIsKeptAsync(serve);
    }

    private static Task<EmulatedServe> StartAsync(PdProtocol protocol, bool isStaged) =>
        StartAsync(protocol, isStaged, InferType.Prefill, InferType.Decode);

    private static async Task<EmulatedServe> StartAsync(PdProtocol protocol, bool isStaged, params InferType[] roles)
    {
        EngineHost engines = await EngineHost.StartAsync(
            new EngineHostOptions { Engines = [.. roles.Select(static role => new EmulatedEngineOptions { Engine = new EngineConfiguration { InferType = role } })] },
            Cancellation);
        DnsEndPoint[] Of(InferType wanted) =>
            [.. engines.Engines.Zip(roles).Where(pair => pair.Second == wanted).Select(static pair => new DnsEndPoint("127.0.0.1", pair.First.Port))];
        DnsEndPoint[] prefill = Of(InferType.Prefill);
        return await EmulatedServe.StartAsync(engines, new ServeSettings
        {
            PrefillEngines = prefill,
            DecodeEngines = Of(InferType.Decode),

            // The emulator's KV transfer is served at its one port.
            KvTransferPorts = [.. prefill.Select(static engine => engine.Port)],
            Gateway = new GatewayOptions { Port = 0, PdProtocol = protocol, IsPdStaged = isStaged },
        });
    }

    private static Task UntilNoKvIsKeptAsync(EmulatedServe serve) =>
        Eventually.TrueAsync(() => serve.Engines.Engines.All(static engine => engine.Status() is { UsedGpuTokens: 0, RunningRequestCount: 0 }));

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
