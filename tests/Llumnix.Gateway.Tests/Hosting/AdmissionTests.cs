using System.Net;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Testing.Polling;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>Requests that wait for room, as their clients see it.</summary>
public sealed class AdmissionTests
{
    private const string Chat = "/v1/chat/completions";

    private static readonly GatewayOptions Patient = new() { MaxQueueSize = 2, WaitSchedulingTimeout = TimeSpan.FromMinutes(1) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_NoRoom_AsksAgainAndThenSaysWhenToComeBack()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        var placer = new TestPlacer(engine.Url);
        var options = new GatewayOptions { WaitSchedulingRetryInterval = TimeSpan.FromMilliseconds(1), WaitSchedulingTimeout = TimeSpan.FromMinutes(1) };
        await using (TestGateway gateway = await TestGateway.StartAsync(placer, options))
        {
            placer.Refuse = () => placer.Queries.Count < 3 ? PlacementRefusal.Busy : PlacementRefusal.None;
            using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(3, placer.Queries.Count);
        }

        placer.Refuse = static () => PlacementRefusal.Busy;
        await using TestGateway impatient = await TestGateway.StartAsync(placer, options with { WaitSchedulingTimeout = TimeSpan.Zero });
        using HttpResponseMessage refused = await impatient.PostAsync(Chat, "{}");
        await ErrorAnswer.AssertAsync(refused, 503, "service_unavailable_error", "no_capacity");
        Assert.Contains(
            "\"no engine can take the request now: all are full, draining, unreachable or otherwise left out; llumnix explain tells why\"",
            await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task Post_NoRoomUntilAnEngineIsGivenBack_IsPlacedThen()
    {
        var more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(async (_, _) => await more.Task);
        var placer = new TestPlacer(engine.Url);
        placer.Refuse = () => placer.Held > 0 ? PlacementRefusal.Busy : PlacementRefusal.None;
        await using TestGateway gateway = await TestGateway.StartAsync(placer, Patient with { WaitSchedulingRetryInterval = TimeSpan.FromMinutes(1) });
        Task<HttpResponseMessage> first = gateway.PostAsync(Chat, "{}");
        await engine.NextAsync();
        Task<HttpResponseMessage> second = gateway.PostAsync(Chat, "{}");
        await Eventually.TrueAsync(() => gateway.Host.WaitingRequests == 1);
        more.SetResult();
        using HttpResponseMessage one = await first;
        using HttpResponseMessage two = await second;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (one.StatusCode, two.StatusCode));
        await Eventually.TrueAsync(() => placer.Held == 0);
    }

    [Fact]
    public async Task Post_AsManyWaitAsMay_Is429WithATime()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Busy(), Patient);
        using var leaving = new CancellationTokenSource();
        Task[] waiting = [Ask(gateway, leaving.Token), Ask(gateway, leaving.Token)];
        await Eventually.TrueAsync(() => gateway.Host.WaitingRequests == 2);
        using HttpResponseMessage refused = await gateway.PostAsync(Chat, "{}");
        await ErrorAnswer.AssertAsync(refused, 429, "service_unavailable_error");
        Assert.NotNull(refused.Headers.RetryAfter);
        string page = await gateway.Client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("gateway_pending_requests 2\n", page, StringComparison.Ordinal);
        await leaving.CancelAsync();
        await Eventually.TrueAsync(() => gateway.Host.WaitingRequests == 0 && gateway.Host.ActiveRequests == 0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
    }

    [Fact]
    public async Task Post_HigherClass_TakesThePlaceOfALowerOne()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Busy(), Patient with { MaxQueueSize = 1 });
        Task<HttpResponseMessage> low = gateway.PostAsync(Chat, "{}", ("x-llumnix-priority", "-1"));
        await Eventually.TrueAsync(() => gateway.Host.WaitingRequests == 1);
        using var leaving = new CancellationTokenSource();
        Task high = Ask(gateway, leaving.Token);
        using HttpResponseMessage displaced = await low;
        Assert.Equal(HttpStatusCode.TooManyRequests, displaced.StatusCode);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => high);
    }

    [Fact]
    public async Task Post_BadPriority_IsRefusedByName()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer());
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}", ("x-llumnix-priority", "urgent"));
        Assert.Contains("x-llumnix-priority", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static TestPlacer Busy() => new() { Refuse = static () => PlacementRefusal.Busy };

    private static async Task Ask(TestGateway gateway, CancellationToken leaving)
    {
        using var content = new StringContent("{}");
        using HttpResponseMessage answer = await gateway.Client.PostAsync(Chat, content, leaving);
    }
}
