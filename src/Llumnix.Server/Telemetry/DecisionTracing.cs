using System.Diagnostics;
using Llumnix.Adapters.Otlp;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Http;
using OpenTelemetry.Trace;

namespace Llumnix.Server.Telemetry;

/// <summary>Makes a span of each decision, within the trace of the gateway's request, and sends them to a collector. Safe for concurrent use.</summary>
internal sealed class DecisionTracing : IDisposable
{
    /// <summary>The name of the source of the spans.</summary>
    public const string SourceName = "Llumnix.Scheduler";

    private readonly ActivitySource _source = new(SourceName);
    private readonly TracerProvider _provider;

    /// <param name="collector">Where spans are sent.</param>
    /// <param name="service">Name of the service, unless the environment has another one.</param>
    /// <exception cref="IOException">The CA file is missing or holds no certificate.</exception>
    public DecisionTracing(OtlpCollector collector, string service) => _provider = OtlpTraces.Build(collector, SourceName, service);

    /// <summary>Begins a span.</summary>
    /// <param name="request">Its headers name the trace, where the gateway has one.</param>
    /// <returns>Null when the trace is not sampled.</returns>
    public Activity? Begin(HttpRequest request)
    {
        // Without this a request without a trace would become a child of the server's own span, which is not sent.
        Activity.Current = null;
        string state = request.Headers.TraceState.ToString();
        _ = ActivityContext.TryParse(request.Headers.TraceParent, state.Length == 0 ? null : state, isRemote: true, out ActivityContext parent);
        return _source.StartActivity("schedule", ActivityKind.Server, parent);
    }

    /// <summary>Ends a span with what was decided. Nothing of a prompt is in it.</summary>
    public static void End(Activity span, ParsedRequest message, ScheduleOutcome outcome, in PlacementRequest request, in Placement placement)
    {
        if (span.IsAllDataRequested)
        {
            span.SetTag("gen_ai.request.id", message.Id);
            span.SetTag("gen_ai.request.model", message.Model);
            span.SetTag("llumnix.scheduling.mode", message.SchedulingMode);
            span.SetTag("llumnix.prompt.tokens", request.PromptTokens);
            span.SetTag("llumnix.outcome", outcome.ToString());
            if (outcome == ScheduleOutcome.Placed)
            {
                span.SetTag("llumnix.instance.id", placement.First.Instance.InstanceId);
                span.SetTag("llumnix.second_instance.id", placement.Second?.Instance.InstanceId);
            }
            else
            {
                span.SetStatus(ActivityStatusCode.Error, outcome.ToString());
            }
        }

        span.Dispose();
    }

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _provider.Dispose();
        _source.Dispose();
    }
}
