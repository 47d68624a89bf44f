using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Testing.Polling;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>Traces through a gateway to an engine and a collector.</summary>
public sealed class TracingTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Stream =
        "data: {\"choices\":[{}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_TraceOfTheClient_GoesOnThroughTheGateway()
    {
        ActivityTraceId traceId = ActivityTraceId.CreateRandom();
        string client = $"00-{traceId}-00f067aa0ba902b7-01";
        await using ScriptedEngine collector = await ScriptedEngine.StartAsync("");
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync(Stream, "text/event-stream");
        var placer = new TestPlacer(engine.Url);
        var spans = new ConcurrentQueue<Activity>();
        using ActivityListener listener = Listen(span => span.TraceId == traceId, spans);
        await using (TestGateway gateway = await TestGateway.StartAsync(placer, Options(collector)))
        {
            using HttpResponseMessage answer = await gateway.PostAsync(
                Chat, """{"model":"m","stream":true}""", ("traceparent", client), ("tracestate", "a=b"), ("x-request-id", "id-1"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await answer.Content.ReadAsStringAsync(Cancellation);
            await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 0 && spans.Any(static span => span.Kind == ActivityKind.Server));
        }

        Activity root = Assert.Single(spans, static span => span.Kind == ActivityKind.Server);
        Assert.Equal(("chat m", "00f067aa0ba902b7"), (root.DisplayName, root.ParentSpanId.ToString()));
        Assert.Equal(
            ("chat", "m", "id-1", 9, 2, 200),
            (root.GetTagItem("gen_ai.operation.name"), root.GetTagItem("gen_ai.request.model"), root.GetTagItem("gen_ai.request.id"),
                root.GetTagItem("gen_ai.usage.input_tokens"), root.GetTagItem("gen_ai.usage.output_tokens"), root.GetTagItem("http.response.status_code")));
        Activity[] parts = [.. spans.Where(span => span != root).OrderBy(static span => span.StartTimeUtc)];
        Assert.Equal(["decode", "prefill", "queue", "schedule"], parts.Select(static span => span.DisplayName).Order());
        Assert.All(parts, part => Assert.Equal(root.SpanId, part.ParentSpanId));
        Assert.All(parts, part => Assert.InRange(part.StartTimeUtc, root.StartTimeUtc, root.StartTimeUtc + root.Duration));
        EngineCall call = await engine.NextAsync();
        Assert.Equal((root.Id, "a=b"), (call.Headers["traceparent"], call.Headers["tracestate"]));
        Assert.Equal(root.Id, Assert.Single(placer.Queries).TraceParent);

        // The end of the gateway sends what is left.
        EngineCall export = await collector.NextAsync();
        Assert.Equal("/v1/traces", export.Path);
        string sent = Encoding.Latin1.GetString(export.Body);
        Assert.All((string[])["llumnix-gateway", "queue", "schedule", "prefill", "decode", "gen_ai.request.model"], name => Assert.Contains(name, sent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_NoTraceOfTheClient_BeginsOne()
    {
        await using ScriptedEngine collector = await ScriptedEngine.StartAsync("");
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using TestGateway gateway = await TestGateway.StartAsync(new TestPlacer(engine.Url), Options(collector));
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}", ("traceparent", "no trace"));
        string sent = (await engine.NextAsync()).Headers["traceparent"];
        Assert.True(ActivityContext.TryParse(sent, null, out ActivityContext context));
        Assert.Equal(ActivityTraceFlags.Recorded, context.TraceFlags);
    }

    [Fact]
    public async Task Post_NotPlaced_SpanTellsTheError()
    {
        ActivityTraceId traceId = ActivityTraceId.CreateRandom();
        await using ScriptedEngine collector = await ScriptedEngine.StartAsync("");
        var spans = new ConcurrentQueue<Activity>();
        using ActivityListener listener = Listen(span => span.TraceId == traceId, spans);
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer { Refuse = static () => PlacementRefusal.NotReady }, Options(collector));
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, "{}", ("traceparent", $"00-{traceId}-00f067aa0ba902b7-01"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        await Eventually.TrueAsync(() => spans.Any(static span => span.Kind == ActivityKind.Server));
        Activity root = spans.Single(static span => span.Kind == ActivityKind.Server);
        Assert.Equal(("503", ActivityStatusCode.Error), (root.GetTagItem("error.type"), root.Status));
        Assert.DoesNotContain(spans, static span => span.DisplayName is "prefill" or "decode");
    }

    private static GatewayOptions Options(ScriptedEngine collector) => new() { OtlpEndpoint = collector.Url, IsOtlpOverHttp = true };

    private static ActivityListener Listen(Func<Activity, bool> isWanted, ConcurrentQueue<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Llumnix.Gateway",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (isWanted(span))
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
