using System.Text;
using System.Text.Json;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Tests.Load;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Server.Hosting;
using Llumnix.Testing.Polling;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.Gateway;

/// <summary>What a gateway tells a scheduler of lite mode beside its requests.</summary>
public sealed class SchedulerReportTests
{
    private const int PromptTokens = 100;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_SchedulerAnswers_TheGatewaysIdIsItsEndOfTheKeepAliveConnection()
    {
        await using FakeCompletionServer engine = await FakeCompletionServer.StartAsync();
        await using FakeScheduler scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url));
        await PostAsync(scheduler, requests: 2);
        JsonElement gateway = Assert.Single(scheduler.Gateways);
        string id = $"{gateway.GetProperty("host").GetString()}:{gateway.GetProperty("port").GetInt32()}";
        Assert.Equal(Assert.Single(scheduler.GatewayAddresses), id);
        Assert.Equal([id, id], scheduler.Schedules.Select(static body => body.GetProperty("gateway_id").GetString()));
    }

    [Fact]
    public async Task Post_TokensStream_AreReportedAsTheyComeUntilTheRelease()
    {
        FakeScheduler? scheduler = null;
        await using FakeCompletionServer engine = await FakeCompletionServer.StartAsync(async (response, _) =>
        {
            response.ContentType = "text/event-stream";
            await WaitForRowsAsync(scheduler!, static row => Tokens(row) == PromptTokens);
            await WriteTokenAsync(response);
            await WaitForRowsAsync(scheduler!, static row => Tokens(row) == PromptTokens + 1);
            await WriteTokenAsync(response);
            await WriteTokenAsync(response);
            await WaitForRowsAsync(scheduler!, static row => Tokens(row) == PromptTokens + 3);
            await response.WriteAsync("data: [DONE]\n\n", Cancellation);
        });
        await using (scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url)))
        {
            await PostAsync(scheduler);
            List<JsonElement> rows = [.. scheduler.Reports];
            string id = Assert.Single(scheduler.Schedules).GetProperty("id").GetString()!;
            Assert.All(rows, row => Assert.Equal((id, "neutral-1", "neutral"), (
                row.GetProperty("id").GetString(), row.GetProperty("instance_id").GetString(), row.GetProperty("infer_type").GetString())));
            Assert.Equal(rows.Select(Tokens).Order(), rows.Select(Tokens));
            JsonElement done = Assert.Single(rows, static row => row.GetProperty("kind").GetString() == "prefill_done");
            Assert.Equal(PromptTokens + 1, Tokens(done));
            Assert.All(rows.Where(static row => Tokens(row) > PromptTokens + 1), static row => Assert.Equal("state_update", row.GetProperty("kind").GetString()));
            Assert.Single(scheduler.Releases);
        }
    }

    [Fact]
    public async Task Post_PrefillAndDecodeApart_TheFirstTokenIsReportedOfTheDecodeInstance()
    {
        FakeScheduler? scheduler = null;
        await using FakeCompletionServer prefill = await FakeCompletionServer.StartAsync(static (response, _) =>
            response.WriteAsync("""{"choices":[{"text":" a"}],"kv_transfer_params":{"x":1}}"""));
        await using FakeCompletionServer decode = await FakeCompletionServer.StartAsync(async (response, _) =>
        {
            response.ContentType = "text/event-stream";
            await WriteTokenAsync(response);
            await WaitForRowsAsync(scheduler!, static row => row.GetProperty("kind").GetString() == "prefill_done" && InstanceOf(row) == "decode-1");
            await response.WriteAsync("data: [DONE]\n\n", Cancellation);
        });
        await using (scheduler = await FakeScheduler.StartAsync(("prefill", prefill.Url), ("decode", decode.Url)))
        {
            await PostAsync(scheduler, PdProtocol.VllmMooncake);
            Assert.Equal(["decode-1"], scheduler.Reports.Where(static row => row.GetProperty("kind").GetString() == "prefill_done").Select(InstanceOf));
            Assert.Equal(["decode-1", "prefill-1"], scheduler.Releases.Select(static body => body.GetProperty("scheduling_result")[0].GetProperty("id").GetString()).Order());
        }
    }

    [Fact]
    public async Task KeepAlive_ConnectionBroken_AnotherOneUnderAnotherId()
    {
        FakeScheduler? scheduler = null;
        await using FakeCompletionServer engine = await FakeCompletionServer.StartAsync(async (response, body) =>
        {
            scheduler!.Break.TrySetResult();
            await Eventually.TrueAsync(() => scheduler.Gateways.Count == 2);
            await FakeCompletionServer.StreamAsync(response, body);
        });
        await using (scheduler = await FakeScheduler.StartAsync(("neutral", engine.Url)))
        {
            await PostAsync(scheduler);
            Assert.Equal(2, scheduler.GatewayAddresses.Distinct().Count());
        }
    }

    private static int Tokens(JsonElement row) => row.GetProperty("num_tokens").GetInt32();

    private static string? InstanceOf(JsonElement row) => row.GetProperty("instance_id").GetString();

    /// <summary>Posts requests to a gateway of this scheduler, one after the other, and waits until nothing is held any more.</summary>
    private static async Task PostAsync(FakeScheduler scheduler, PdProtocol protocol = PdProtocol.None, int requests = 1)
    {
        await using var gateway = new FleetGateway(new GatewaySettings
        {
            Discovery = GatewayInput.Parse(["--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:1"]).Options.Discovery,
            Schedulers = new SchedulerPlacerOptions { Schedulers = [new SchedulerAccess(scheduler.Url)], ReportInterval = TimeSpan.FromMilliseconds(40) },
            Gateway = new GatewayOptions { Port = 0, PdProtocol = protocol },
        });
        await gateway.Host.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => !scheduler.Gateways.IsEmpty);
        using var client = new HttpClient { BaseAddress = gateway.Host.Address };
        for (int i = 0; i < requests; i++)
        {
            using var body = new StringContent(
                $$"""{"prompt":[{{string.Join(',', Enumerable.Range(0, PromptTokens))}}],"max_tokens":3,"stream":true}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.PostAsync("/v1/completions", body, Cancellation);
            Assert.EndsWith("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        await Eventually.TrueAsync(() => gateway.Held == 0);
    }

    private static async Task WriteTokenAsync(HttpResponse response)
    {
        await response.WriteAsync("data: {\"choices\":[{\"text\":\" a\"}]}\n\n", Cancellation);
        await response.Body.FlushAsync(Cancellation);
    }

    private static Task WaitForRowsAsync(FakeScheduler scheduler, Func<JsonElement, bool> condition) =>
        Eventually.TrueAsync(() => scheduler.Reports.Any(condition));
}
