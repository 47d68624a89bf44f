using System.Net;
using System.Text;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Disaggregation;
using Llumnix.Cli.Tests.Gateway;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.KvStore;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.Serve;

/// <summary><c>--prompt-tokens=engine</c> in both gateways, over emulated engines.</summary>
public sealed class PromptTokensTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GatewayKind.Serve)]
    [InlineData(GatewayKind.LiteMode)]
    [InlineData(GatewayKind.FullMode)]
    public async Task Post_ByEngine_ItsCountIsUsed(GatewayKind kind)
    {
        var options = new GatewayOptions { Port = 0, PromptTokens = PromptTokenSource.Engine, IsTokensForwarded = true };
        await using IPdFleet fleet = kind == GatewayKind.Serve
            ? await ServeAsync(options) : await EmulatedFleet.StartAsync(kind == GatewayKind.FullMode, options, [InferType.Neutral]);

        // Discovery of the gateway itself may follow the scheduler's.
        await Eventually.TrueAsync(async () =>
        {
            await PostAsync(fleet.Client);
            return !(await fleet.Client.GetStringAsync("/metrics", Cancellation)).Contains("tokenize_total{outcome=\"exact\"} 0\n", StringComparison.Ordinal);
        });
        await fleet.UntilNothingIsHeldAsync();
    }

    /// <summary>A scheduler without ids does not ask the KV store.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_SchedulerIsCacheAware_ItLooksThePromptUpWhereIdsAreForwarded(bool isForwarded)
    {
        await using FakeMooncakeMaster master = FakeMooncakeMaster.Start();
        await using EmulatedFleet fleet = await EmulatedFleet.StartAsync(
            isFullMode: true,
            new GatewayOptions { Port = 0, PromptTokens = PromptTokenSource.Engine, IsTokensForwarded = isForwarded },
            [InferType.Neutral, InferType.Neutral],
            schedulers: 1,
            "--enable-cache-aware-scheduling=true",
            "--cache-aware-scheduling-min-tokens=1",
            "--kvs-chunk-size=2",
            "--kvs-metadata-service-http-server-host=127.0.0.1",
            FormattableString.Invariant($"--kvs-metadata-service-http-server-port={master.Port}"));
        await PostAsync(fleet.Client);
        await fleet.UntilNothingIsHeldAsync();
        Assert.Equal(isForwarded, master.Questions > 0);
    }

    private static async Task<IPdFleet> ServeAsync(GatewayOptions options)
    {
        EngineHost engines = await EngineHost.StartAsync(new EngineHostOptions(), Cancellation);
        return await EmulatedServe.StartAsync(
            engines, new ServeSettings { Engines = [new ListedEngine("127.0.0.1", engines.Engines[0].Port)], Gateway = options });
    }

    private static async Task PostAsync(HttpClient client)
    {
        using var body = new StringContent("""{"max_tokens":2,"messages":[{"role":"user","content":"a b c"}]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync("/v1/chat/completions", body, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
