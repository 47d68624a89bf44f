using System.Collections.Concurrent;
using System.Globalization;
using Llumnix.Gateway.Tokenization;
using Microsoft.AspNetCore.Http;
using Prometheus;

namespace Llumnix.Gateway.Telemetry;

/// <summary>The gateway's metrics, by the names and buckets that existing dashboards know.</summary>
internal sealed class GatewayTelemetry
{
    /// <summary>Further models share one label, since clients name them.</summary>
    internal const int MaxModels = 200;

    /// <summary>The label of all further models.</summary>
    internal const string Overflow = "_overflow";

    /// <summary>In the order of <see cref="TokenizeOutcome"/>.</summary>
    private static readonly string[] OutcomeNames = ["exact", "no_engine", "timeout", "failed", "refused"];

    private readonly ConcurrentDictionary<string, ModelTelemetry> _models = new(StringComparer.Ordinal);
    private readonly Lazy<ModelTelemetry> _overflow;
    private readonly IMetricFactory _factory;
    private readonly Counter _requests;
    private readonly Counter _retries;
    private readonly Counter _denied;
    private readonly Counter.Child[] _tokenized;
    private readonly TimeProvider _time;

    /// <param name="factory">Makes the metrics.</param>
    /// <param name="time">The clock of all timestamps.</param>
    /// <param name="current">How many requests are under way.</param>
    /// <param name="pending">How many of them wait for room.</param>
    public GatewayTelemetry(IMetricFactory factory, TimeProvider time, Func<int> current, Func<int> pending)
    {
        _factory = factory;
        _time = time;
        _requests = factory.CreateCounter("request_total", "Requests that have ended, by the status that the client was answered; 499: the client left.", ["model", "status_code"]);
        _retries = factory.CreateCounter("request_retry_total", "Attempts at an engine that failed and were followed by another.", ["model", "status_code"]);
        _denied = factory.CreateCounter(
            "gateway_engine_denied_total", "Answers of engines with status 401 or 403, also to questions for their models: they ask for another API key.", ["status_code"]);
        foreach (int status in (ReadOnlySpan<int>)[StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden])
        {
            _denied.WithLabels(status.ToString(CultureInfo.InvariantCulture));
        }

        Counter tokenized = factory.CreateCounter(
            "gateway_prompt_tokenize_total", "Prompts that an engine was to count, by what came of it; all but exact were estimated.", ["outcome"]);
        _tokenized = [.. OutcomeNames.Select(name => tokenized.WithLabels(name))];
        Gauge running = factory.CreateGauge("gateway_current_requests", "Requests under way.");
        Gauge waiting = factory.CreateGauge("gateway_pending_requests", "Requests that wait for room in an engine.");
        BeforeCollect = () =>
        {
            running.Set(current());
            waiting.Set(pending());
        };
        Keys = new KeyTelemetry(factory);
        _overflow = new Lazy<ModelTelemetry>(() => new ModelTelemetry(factory, Overflow));
    }

    /// <summary>Brings the gauges up to date; one call at a time.</summary>
    public Action BeforeCollect { get; }

    /// <summary>The metrics of API keys.</summary>
    public KeyTelemetry Keys { get; }

    /// <summary>A request was placed again.</summary>
    /// <param name="model">Its model.</param>
    /// <param name="statusCode">What the engine answered; 0 for nothing.</param>
    public void OnRetry(string model, int statusCode) =>
        _retries.WithLabels(LabelOf(model), statusCode == 0 ? "network_error" : statusCode.ToString(CultureInfo.InvariantCulture)).Inc();

    /// <summary>An engine has denied the API key, or the lack of one.</summary>
    /// <param name="statusCode">401 or 403.</param>
    public void OnDenied(int statusCode) => _denied.WithLabels(statusCode.ToString(CultureInfo.InvariantCulture)).Inc();

    /// <summary>An engine was to count a prompt.</summary>
    public void OnTokenized(TokenizeOutcome outcome) => _tokenized[(int)outcome].Inc();

    /// <summary>Tokens have come after others.</summary>
    /// <param name="model">The request's model.</param>
    /// <param name="elapsed">Since those, in timestamps.</param>
    /// <param name="tokens">How many, above 0.</param>
    public void OnTokens(string model, long elapsed, int tokens) =>
        Of(model).InterToken.Observe(ToMs(elapsed) / tokens, tokens);

    /// <summary>A request is over.</summary>
    /// <param name="record">What is known of it.</param>
    /// <param name="statusCode">What the client was answered; 499 when it had gone.</param>
    public void OnDone(RequestRecord record, int statusCode)
    {
        _requests.WithLabels(LabelOf(record.Model), statusCode.ToString(CultureInfo.InvariantCulture)).Inc();
        ModelTelemetry model = Of(record.Model);
        if (record.PlacedAt != 0)
        {
            model.Preprocess.Observe(ToMs(record.ReadyAt - record.BegunAt));
            model.Queue.Observe(ToMs(record.PlacedAt - record.QueuedAt - record.ScheduleTime));
            model.Schedule.Observe(ToMs(record.ScheduleTime));
        }

        if (statusCode != 200)
        {
            return;
        }

        model.EndToEnd.Observe(_time.GetElapsedTime(record.BegunAt).TotalSeconds);
        if (record.FirstTokenAt != 0)
        {
            model.FirstToken.Observe(ToMs(record.FirstTokenAt - record.PlacedAt));
            model.Postprocess.Observe(ToMs(_time.GetTimestamp() - record.LastTokenAt));
        }

        if (record.Usage is not { } usage)
        {
            return;
        }

        model.InputTokens.Observe(usage.PromptTokens);
        model.OutputTokens.Observe(usage.OutputTokens);
        model.InputTokensTotal.Inc(usage.PromptTokens);
        model.OutputTokensTotal.Inc(usage.OutputTokens);
        if (usage.OutputTokens > 1 && record.Events > 1)
        {
            model.PerToken.Observe(ToMs(record.LastTokenAt - record.FirstTokenAt) / (usage.OutputTokens - 1));
        }
    }

    /// <summary>The label of a model; further models share one.</summary>
    public string LabelOf(string model) => Of(model).Label;

    private double ToMs(long timestamps) => timestamps * 1000.0 / _time.TimestampFrequency;

    private ModelTelemetry Of(string model) =>
        _models.TryGetValue(model, out ModelTelemetry? known) ? known
        : _models.Count < MaxModels ? _models.GetOrAdd(model, static (name, factory) => new ModelTelemetry(factory, name), _factory)
        : _overflow.Value;
}
