using System.Net;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Gateway;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Cli.Tests.Gateway;

/// <summary>The gateway over real schedulers and emulated engines: every request is answered, and every account returns to zero.</summary>
public sealed class FleetGatewayTests
{
    private const int Endless = 100_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_SuccessStreamAndError_NothingIsHeldAfterwards(bool isFullMode)
    {
        await using EmulatedFleet fleet = await EmulatedFleet.StartAsync(isFullMode);
        using HttpResponseMessage whole = await fleet.PostAsync(3);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        using HttpResponseMessage stream = await fleet.PostAsync(3, isStream: true);
        Assert.EndsWith("data: [DONE]\n\n", await stream.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using HttpResponseMessage wrong = await fleet.PostAsync(-1);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        await fleet.UntilNothingIsHeldAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_ClientGoesWithinAStream_NothingIsHeldAfterwards(bool isFullMode)
    {
        await using EmulatedFleet fleet = await EmulatedFleet.StartAsync(isFullMode);
        List<HttpResponseMessage> streams = [];
        for (int i = 0; i < 4; i++)
        {
            streams.Add(await fleet.PostAsync(Endless, isStream: true));
        }

        // How many each gets depends on how far the first ones have come by then: load is counted in tokens.
        int[] running = [.. fleet.Engines.Engines.Select(static engine => engine.Status().RunningRequestCount)];
        Assert.Equal(4, running.Sum());
        Assert.All(running, static count => Assert.True(count > 0));
        streams.ForEach(static stream => stream.Dispose());
        await fleet.UntilNothingIsHeldAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_EngineHasCrashed_EveryRequestIsServedByTheOther(bool isFullMode)
    {
        await using EmulatedFleet fleet = await EmulatedFleet.StartAsync(isFullMode);
        await fleet.Engines.Engines[0].CrashAsync();
        for (int i = 0; i < 8; i++)
        {
            using HttpResponseMessage answer = await fleet.PostAsync(2);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await Eventually.TrueAsync(() => fleet.Gateway.Held + fleet.Schedulers.Sum(fleet.AccountsOf) == 0);
    }

    [Fact]
    public async Task Stop_StreamOutlastsTheDrain_ItIsReleased()
    {
        await using EmulatedFleet fleet = await EmulatedFleet.StartAsync(isFullMode: false, drain: TimeSpan.Zero);
        using HttpResponseMessage stream = await fleet.PostAsync(Endless, isStream: true);
        Assert.Equal(1, fleet.AccountsOf(fleet.Schedulers[0]));
        await fleet.Gateway.Host.StopAsync();
        Assert.Contains("\"error\"", await stream.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        await fleet.UntilNothingIsHeldAsync();
    }

    /// <summary>While it is away the gateway places by itself; afterwards the scheduler knows the new requests again.</summary>
    [Fact]
    public async Task Post_SchedulerIsKilledAndComesBack_EveryRequestIsServed()
    {
        await using EmulatedFleet fleet = await EmulatedFleet.StartAsync(isFullMode: false);
        using HttpResponseMessage before = await fleet.PostAsync(Endless, isStream: true);
        int port = fleet.Schedulers[0].Address.Port;
        await fleet.Schedulers[0].DisposeAsync();
        fleet.Schedulers.Clear();
        for (int i = 0; i < 8; i++)
        {
            using HttpResponseMessage answer = await fleet.PostAsync(2);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using HttpResponseMessage ready = await fleet.Client.GetAsync("/readyz", Cancellation);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        SchedulerHost back = await fleet.StartSchedulerAsync(port);
        fleet.Schedulers.Add(back);
        List<HttpResponseMessage> after = [];
        await Eventually.TrueAsync(async () =>
        {
            after.Add(await fleet.PostAsync(Endless, isStream: true));
            return fleet.AccountsOf(back) > 0;
        });
        before.Dispose();
        after.ForEach(static answer => answer.Dispose());
        await fleet.UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task Post_FirstOfTwoSchedulersIsKilled_TheSecondPlaces()
    {
        await using EmulatedFleet fleet = await EmulatedFleet.StartAsync(isFullMode: false, schedulers: 2);
        using HttpResponseMessage first = await fleet.PostAsync(Endless, isStream: true);
        Assert.Equal([1, 0], fleet.Schedulers.Select(fleet.AccountsOf));
        await fleet.Schedulers[0].DisposeAsync();
        fleet.Schedulers.RemoveAt(0);
        using HttpResponseMessage second = await fleet.PostAsync(Endless, isStream: true);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(1, fleet.AccountsOf(fleet.Schedulers[0]));
        first.Dispose();
        second.Dispose();
        await fleet.UntilNothingIsHeldAsync();
    }

    /// <summary>Neither a scheduler nor discovery's store answers any more: the last list stays.</summary>
    [Fact]
    public async Task Post_RedisOfDiscoveryIsGone_TheLastListIsUsed()
    {
        RedisServer redis = await RedisServer.StartAsync();
        await using EngineHost engines = await EngineHost.StartAsync(
            new EngineHostOptions { DiscoveryRedis = FormattableString.Invariant($"127.0.0.1:{redis.Port}"), DiscoveryInterval = TimeSpan.FromMilliseconds(20) },
            Cancellation);
        OptionsParseResult<GatewayFlags> found = GatewayInput.Parse([
            "--discovery-redis-host=127.0.0.1", FormattableString.Invariant($"--discovery-redis-port={redis.Port}"), "--discovery-redis-refresh-interval-ms=20"]);
        Assert.Empty(found.Errors);
        await using var gateway = new FleetGateway(new GatewaySettings
        {
            Discovery = found.Options.Discovery,
            Schedulers = new SchedulerPlacerOptions { Schedulers = [new SchedulerAccess(new Uri("http://127.0.0.1:1"))] },
            Gateway = new GatewayOptions { Port = 0 },
        });
        await gateway.Host.StartAsync(Cancellation);
        using var client = new HttpClient { BaseAddress = gateway.Host.Address };
        await Eventually.TrueAsync(() => gateway.Engines.Engines.Count == 1);
        await redis.DisposeAsync();
        await Eventually.TrueAsync(async () =>
            (await client.GetStringAsync("/metrics", Cancellation)).Contains("gateway_discovery_available 0\n", StringComparison.Ordinal));
        using var body = new StringContent("""{"max_tokens":2,"messages":[{"role":"user","content":"a"}]}""", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync("/v1/chat/completions", body, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Eventually.TrueAsync(() => gateway.Held == 0);
    }
}
