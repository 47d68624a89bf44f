using System.Net;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Load;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.Serve;

/// <summary><c>llumnix serve</c> before a fleet with several faults at once, beside one sound engine.</summary>
public sealed class FaultyFleetTests
{
    private const string Page = "vllm:num_requests_running{engine=\"0\"} 0\nvllm:num_requests_waiting{engine=\"0\"} 0\n";
    private static readonly IPAddress OldAddress = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress NewAddress = IPAddress.Parse("127.0.0.3");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>One is frozen, one looks idle and answers 500, one is restarted at another address.</summary>
    [Fact]
    public async Task Post_OneFrozenOneFailingOneRestartedElsewhere_NoRequestFails()
    {
        bool isFrozen = false;
        await using LoopbackServer frozen = await LoopbackServer.StartAsync(
            context => Volatile.Read(ref isFrozen) ? Task.Delay(Timeout.Infinite, context.RequestAborted) : AnswerGetAsync(context));
        await using LoopbackServer failing = await LoopbackServer.StartAsync(AnswerGetAsync);
        EngineHost sound = await EngineHost.StartAsync(new EngineHostOptions(), Cancellation);
        await using EngineHost old = await EngineHost.StartAsync(new EngineHostOptions { ListenAddress = OldAddress }, Cancellation);
        HostedEngine restarting = old.Engines[0];
        await using EmulatedServe serve = await EmulatedServe.StartAsync(sound, new ServeSettings
        {
            Engines =
            [
                new ListedEngine("127.0.0.1", sound.Engines[0].Port) { Name = "sound" },
                new ListedEngine("127.0.0.1", frozen.Url.Port) { Name = "frozen" },
                new ListedEngine("127.0.0.1", failing.Url.Port) { Name = "failing" },
                new ListedEngine(OldAddress.ToString(), restarting.Port) { Name = "old" },
                new ListedEngine(NewAddress.ToString(), restarting.Port) { Name = "new" },
            ],
            Gateway = new GatewayOptions { Port = 0 },
        });
        await Eventually.TrueAsync(() => HealthOf("new") == InstanceHealth.Unreachable
            && serve.Host.ClusterSnapshot().Instances.Count(static instance => instance.Status.Reading is not null) == 4);
        Volatile.Write(ref isFrozen, true);
        await Eventually.TrueAsync(() => HealthOf("frozen") == InstanceHealth.Stale);
        Assert.Contains(
            $"the load of 2 of 5 engines is not read: 127.0.0.1:{frozen.Url.Port} (no answer in time), {NewAddress}:{restarting.Port} (connection refused)",
            await serve.Client.GetStringAsync("/readyz", Cancellation),
            StringComparison.Ordinal);

        await PostManyAsync(serve, 10);
        Task<int> during = PostManyAsync(serve, 40);
        await restarting.CrashAsync();
        await during;
        await using EngineHost again = await EngineHost.StartAsync(
            new EngineHostOptions { ListenAddress = NewAddress, Engines = [new EmulatedEngineOptions { Port = restarting.Port }] }, Cancellation);
        await Eventually.TrueAsync(() => HealthOf("new") == InstanceHealth.Ok && HealthOf("old") == InstanceHealth.Unreachable);
        await Eventually.TrueAsync(async () => await PostManyAsync(serve, 10) == 10 && again.Engines[0].AcceptedRequests > 0);
        await serve.UntilNothingIsHeldAsync();

        InstanceHealth? HealthOf(string id) =>
            serve.Host.ClusterSnapshot().Instances.SingleOrDefault(instance => instance.Metadata.InstanceId == id)?.Health;
    }

    /// <summary>What vLLM without load says of itself; no completion.</summary>
    private static Task AnswerGetAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Path == "/metrics")
        {
            return context.Response.WriteAsync(Page, context.RequestAborted);
        }

        context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? StatusCodes.Status404NotFound : StatusCodes.Status500InternalServerError;
        return Task.CompletedTask;
    }

    private static async Task<int> PostManyAsync(EmulatedServe serve, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using HttpResponseMessage answer = await serve.PostAsync(
                "/v1/chat/completions", """{"max_tokens":2,"messages":[{"role":"user","content":"a"}]}""", id: FormattableString.Invariant($"many-{i}"));
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancellation));
        }

        return count;
    }
}
