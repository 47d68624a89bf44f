using System.Diagnostics;
using System.Globalization;

namespace Llumnix.Gateway.Telemetry;

/// <summary>
/// The span of one request. Its parts are made at the end, from the times that are taken for the metrics anyway, with the attribute names of the
/// OpenTelemetry conventions for generative AI where they have one.
/// </summary>
internal sealed class RequestTrace(ActivitySource source, Activity span, RequestRecord record, TimeProvider time, string operation, string requestId)
{
    /// <summary>Ends the span and makes those of its parts.</summary>
    /// <param name="statusCode">What the client was answered; 499 when it had gone.</param>
    /// <param name="now">The end, as a timestamp.</param>
    public void End(int statusCode, long now)
    {
        if (span.IsAllDataRequested)
        {
            Describe(statusCode, now);
        }

        if (record.PlacedAt != 0)
        {
            long askedAt = record.PlacedAt - record.ScheduleTime;
            Add("queue", ActivityKind.Internal, record.QueuedAt, askedAt);
            Add("schedule", ActivityKind.Internal, askedAt, record.PlacedAt);
            if (record.Engine is not null)
            {
                Add("prefill", ActivityKind.Client, record.PlacedAt, record.FirstTokenAt == 0 ? now : record.FirstTokenAt);
            }
        }

        if (record.FirstTokenAt != 0)
        {
            Add("decode", ActivityKind.Client, record.FirstTokenAt, record.LastTokenAt);
        }

        span.SetEndTime(ToUtc(now));
        span.Dispose();
    }

    private void Describe(int statusCode, long now)
    {
        span.DisplayName = operation.Length == 0 ? "POST" : record.Model.Length == 0 ? operation : $"{operation} {record.Model}";
        SetText("gen_ai.operation.name", operation);
        SetText("gen_ai.request.model", record.Model);
        span.SetTag("gen_ai.request.id", requestId);
        span.SetTag("http.response.status_code", statusCode);
        if (record.Usage is { } usage)
        {
            span.SetTag("gen_ai.usage.input_tokens", usage.PromptTokens);
            span.SetTag("gen_ai.usage.output_tokens", usage.OutputTokens);
        }

        if (record.FirstTokenAt != 0)
        {
            span.SetTag("gen_ai.latency.time_to_first_token", time.GetElapsedTime(record.BegunAt, record.FirstTokenAt).TotalSeconds);
        }

        span.SetTag("gen_ai.latency.e2e", time.GetElapsedTime(record.BegunAt, now).TotalSeconds);
        if (statusCode >= 400)
        {
            span.SetTag("error.type", statusCode.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(statusCode >= 500 ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        }
    }

    private void SetText(string name, string value)
    {
        if (value.Length > 0)
        {
            span.SetTag(name, value);
        }
    }

    private void Add(string name, ActivityKind kind, long from, long to)
    {
        using Activity? part = source.StartActivity(name, kind, span.Context, startTime: ToUtc(from));
        if (part is null)
        {
            return;
        }

        if (kind == ActivityKind.Client && record.Engine is { } engine)
        {
            part.SetTag("server.address", engine.Host);
            part.SetTag("server.port", engine.Port);
            part.SetTag("llumnix.instance.id", engine.Id);
        }

        part.SetEndTime(ToUtc(Math.Max(from, to)));
    }

    private DateTime ToUtc(long timestamp) => span.StartTimeUtc + time.GetElapsedTime(record.BegunAt, timestamp);
}
