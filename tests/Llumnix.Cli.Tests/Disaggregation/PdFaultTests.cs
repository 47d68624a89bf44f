using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Llumnix.Cli.Tests.Gateway;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Hosting;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.Disaggregation;

/// <summary>
/// Engines and schedulers of <c>llumnix gateway</c> that are killed while requests are under way: every request ends with its whole answer or an
/// error in OpenAI's shape, and every account returns to zero.
/// </summary>
public sealed class PdFaultTests
{
    private const int Clients = 8;

    /// <summary>All protocols, by one decision and two, of both roles.</summary>
    public static MatrixTheoryData<PdProtocol, bool, InferType> Engines => new(Protocols, [false, true], [InferType.Prefill, InferType.Decode]);

    /// <summary>All protocols, by one decision and two.</summary>
    public static MatrixTheoryData<PdProtocol, bool> Modes => new(Protocols, [false, true]);

    /// <summary>All protocols, by one decision and two, in both modes of the scheduler.</summary>
    public static MatrixTheoryData<PdProtocol, bool, bool> Schedulers => new(Protocols, [false, true], [false, true]);

    private static PdProtocol[] Protocols => [PdProtocol.VllmKvt, PdProtocol.VllmMooncake, PdProtocol.SglangMooncake];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Post_EngineIsKilled_EveryRequestEndsAndNothingIsHeld(PdProtocol protocol, bool isStaged, InferType victim)
    {
        await using EmulatedFleet fleet = await StartAsync(protocol, isStaged, isFullMode: false);
        HostedEngine engine = fleet.Engines.Engines[victim == InferType.Prefill ? 0 : 2];
        await UnderLoadAsync(fleet, async () =>
        {
            await Eventually.TrueAsync(() => engine.Status() is { RunningRequestCount: > 0 } or { WaitingRequestCount: > 0 } or { UsedGpuTokens: > 0 });
            await engine.CrashAsync();
        });
        await UntilAccountsAreZeroAsync(fleet);
    }

    [Theory]
    [MemberData(nameof(Schedulers))]
    public async Task Post_SchedulerIsKilledAndComesBack_EveryRequestIsServed(PdProtocol protocol, bool isStaged, bool isFullMode)
    {
        await using EmulatedFleet fleet = await StartAsync(protocol, isStaged, isFullMode);
        int port = fleet.Schedulers[0].Address.Port;
        ConcurrentBag<string> ends = await UnderLoadAsync(fleet, async () =>
        {
            await fleet.Schedulers[0].DisposeAsync();
            fleet.Schedulers.Clear();
        });
        Assert.All(ends, static problem => Assert.Equal("", problem));
        SchedulerHost back = await fleet.StartSchedulerAsync(port);
        fleet.Schedulers.Add(back);
        using var scheduler = new HttpClient { BaseAddress = back.Address };
        await Eventually.TrueAsync(async () =>
        {
            Assert.Equal("", await FindProblemAsync(fleet, "after", isStream: false));
            return !(await scheduler.GetStringAsync("/metrics", Cancellation)).Contains("\nscheduler_scheduling_total 0\n", StringComparison.Ordinal);
        });
        await UntilAccountsAreZeroAsync(fleet);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Stop_StreamOutlastsTheDrain_ItsInstancesAreReleased(PdProtocol protocol, bool isStaged)
    {
        await using EmulatedFleet fleet = await StartAsync(protocol, isStaged, isFullMode: false);
        using HttpResponseMessage stream = await fleet.PostAsync("""{"prompt":"a","max_tokens":100000,"stream":true}""");
        Assert.True(fleet.AccountsOf(fleet.Schedulers[0]) > 0);
        await fleet.Gateway.Host.StopAsync();
        Assert.Contains("\"error\"", await stream.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        await UntilAccountsAreZeroAsync(fleet);
    }

    private static Task<EmulatedFleet> StartAsync(PdProtocol protocol, bool isStaged, bool isFullMode) => EmulatedFleet.StartAsync(
        isFullMode,
        new GatewayOptions { Port = 0, PdProtocol = protocol, IsPdStaged = isStaged, DrainTimeout = TimeSpan.Zero },
        [InferType.Prefill, InferType.Prefill, InferType.Decode, InferType.Decode]);

    /// <summary>Has clients send requests before, during and after a fault.</summary>
    /// <returns>The error of each request; empty for a whole answer, as all have that begin after the fault.</returns>
    private static async Task<ConcurrentBag<string>> UnderLoadAsync(EmulatedFleet fleet, Func<Task> fault)
    {
        var ends = new ConcurrentBag<string>();
        bool isOver = false;
        Task[] clients = [.. Enumerable.Range(0, Clients).Select(async client =>
        {
            int after = 0;
            for (int i = 0; after < 3; i++)
            {
                bool isAfter = Volatile.Read(ref isOver);
                string problem = await FindProblemAsync(fleet, FormattableString.Invariant($"client-{client}-{i}"), isStream: i % 2 == 0);
                ends.Add(problem);
                Assert.True(problem.Length == 0 || !isAfter, problem);
                after += isAfter ? 1 : 0;
            }
        })];
        await Eventually.TrueAsync(() => ends.Count >= Clients);
        await fault();
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(clients);
        return ends;
    }

    /// <returns>Empty for a whole answer, otherwise the error.</returns>
    private static async Task<string> FindProblemAsync(EmulatedFleet fleet, string id, bool isStream)
    {
        string body = $$"""{"prompt":"a b c d","max_tokens":20,"stream":{{(isStream ? "true" : "false")}}}""";
        using HttpResponseMessage answer = await fleet.PostAsync(body, id);
        string text;
        try
        {
            text = await answer.Content.ReadAsStringAsync(Cancellation);
        }
        catch (HttpRequestException exception)
        {
            // What is no stream has no other way to tell that it ends too early.
            Assert.False(isStream);
            return exception.Message;
        }

        if (isStream && answer.StatusCode == HttpStatusCode.OK)
        {
            string last = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
            Assert.True(last == "data: [DONE]" || IsError(last["data: ".Length..]), text);
            return last == "data: [DONE]" ? "" : text;
        }

        Assert.True(answer.StatusCode == HttpStatusCode.OK || IsError(text), text);
        return answer.StatusCode == HttpStatusCode.OK ? "" : text;
    }

    private static bool IsError(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("error", out JsonElement error) && error.TryGetProperty("message", out _);
    }

    private static Task UntilAccountsAreZeroAsync(EmulatedFleet fleet) => Eventually.TrueAsync(
        () => fleet.Gateway.Held + fleet.Gateway.Host.ActiveRequests + fleet.Schedulers.Sum(fleet.AccountsOf) == 0);
}
