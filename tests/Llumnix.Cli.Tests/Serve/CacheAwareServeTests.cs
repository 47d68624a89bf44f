using System.Net;
using System.Text;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Gateway;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.Serve;

/// <summary>Prefix hits from placements, of prompts without token ids, in both gateways.</summary>
public sealed class CacheAwareServeTests
{
    private const string Chat = "/v1/chat/completions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_TurnsOfAConversation_GoToOneEngine()
    {
        EngineHost engines = await EngineHost.StartAsync(
            new EngineHostOptions { Engines = [.. Enumerable.Range(0, 4).Select(static _ => new EmulatedEngineOptions())] }, Cancellation);
        await using EmulatedServe serve = await EmulatedServe.StartAsync(engines, new ServeSettings
        {
            Engines = [.. engines.Engines.Select(static engine => new ListedEngine("127.0.0.1", engine.Port))],
            IsCacheAware = true,
            Gateway = new GatewayOptions { Port = 0 },
        });
        await serve.UntilAllAreReadAsync();
        var answers = new List<HttpResponseMessage>();
        for (int turn = 1; turn <= 8; turn++)
        {
            answers.Add(await serve.PostAsync(Chat, Turn(turn), id: FormattableString.Invariant($"turn-{turn}")));
            Assert.Equal(HttpStatusCode.OK, answers[^1].StatusCode);
            await Eventually.TrueAsync(() => serve.Host.ClusterSnapshot().Instances.All(static i => i.Load.AllPrefillsTokens == 0));
        }

        await Eventually.TrueAsync(() => serve.Engines.Engines.Sum(static engine => engine.Status().RunningRequestCount) == 8);
        Assert.Contains(8, serve.Engines.Engines.Select(static engine => engine.Status().RunningRequestCount));
        answers.ForEach(static answer => answer.Dispose());
        await Eventually.TrueAsync(() => serve.Host.LeaseCount + serve.Host.Gateway.ActiveRequests == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gateway_HashesAreForwarded_TheSchedulerEstimatesHits(bool areForwarded)
    {
        await using EmulatedFleet fleet = await EmulatedFleet.StartAsync(
            isFullMode: true,
            new GatewayOptions { Port = 0, ArePromptsHashed = areForwarded },
            [InferType.Neutral, InferType.Neutral],
            schedulers: 1,
            "--enable-cache-aware-scheduling",
            "--cache-aware-source=history");
        for (int turn = 1; turn <= 2; turn++)
        {
            using var body = new StringContent(Turn(turn).Replace("100000", "2", StringComparison.Ordinal), Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await fleet.Client.PostAsync(Chat, body, Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await answer.Content.ReadAsByteArrayAsync(Cancellation);

            // A prompt that still counts as load on its engine outweighs the hit there, and the gateway goes on with a request after its answer: the next turn is
            // about the prefix alone once the scheduler has read that the engine is idle and the gateway has learned the prompt's length.
            await fleet.UntilNothingIsHeldAsync();
            await Eventually.TrueAsync(() => fleet.Schedulers[0].Snapshot().Instances.All(static i => i.Load.AllPrefillsTokens == 0));
        }

        using var client = new HttpClient { BaseAddress = fleet.Schedulers[0].Address };
        string page = await client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains($"request_prefix_cache_hit_percent_count {(areForwarded ? 2 : 0)}\n", page, StringComparison.Ordinal);
        Assert.Contains($"request_prefix_cache_hit_percent_bucket{{le=\"60\"}} {(areForwarded ? 1 : 0)}\n", page, StringComparison.Ordinal);
    }

    /// <summary>A body with messages of some 3,000 tokens, and a few more with each turn.</summary>
    private static string Turn(int turn) =>
        $$"""{"stream":true,"max_tokens":100000,"messages":[{"role":"system","content":"{{string.Join(' ', Enumerable.Range(1000, 3000))}}"},{{string.Join(
            ',', Enumerable.Range(1, turn).Select(static i => $$"""{"role":"user","content":"question {{i}}"}"""))}}]}""";
}
