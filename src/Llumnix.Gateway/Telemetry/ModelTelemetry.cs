using Prometheus;

namespace Llumnix.Gateway.Telemetry;

/// <summary>The metrics of one model, found once.</summary>
internal sealed class ModelTelemetry(IMetricFactory factory, string label)
{
    private static readonly double[] Seconds = [.1, .25, .5, 1, 2, 5, 10, 20, 30, 60, 90, 120, 180, 240, 300];
    private static readonly double[] FirstTokenMs = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 30000, 60000];
    private static readonly double[] TokenMs = [1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500];
    private static readonly double[] QueueMs = [1, 5, 10, 50, 100, 200, 500, 1000, 2000, 5000];
    private static readonly double[] StepMs = [.1, .2, .5, 1, 2, 5, 10, 20, 50, 100];
    private static readonly double[] Tokens = [1, 4, 16, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];

    /// <summary>The label's value.</summary>
    public string Label { get; } = label;

    /// <summary>Seconds from a request's arrival to the end of its answer.</summary>
    public Histogram.Child EndToEnd { get; } = Make(factory, label, "request_e2e_latency_seconds", "Time from a request's arrival to the end of its answer, in seconds.", Seconds);

    /// <summary>Milliseconds from the placement to the first token.</summary>
    public Histogram.Child FirstToken { get; } = Make(factory, label, "request_ttft_milliseconds", "Time from a request's placement to its first token, in milliseconds.", FirstTokenMs);

    /// <summary>Milliseconds between two tokens.</summary>
    public Histogram.Child InterToken { get; } = Make(factory, label, "request_itl_milliseconds", "Time between two tokens, in milliseconds.", TokenMs);

    /// <summary>A request's mean milliseconds per token after the first.</summary>
    public Histogram.Child PerToken { get; } = Make(factory, label, "request_tpot_milliseconds", "Mean time per token of a request after its first, in milliseconds.", TokenMs);

    /// <summary>Milliseconds from a request's arrival until its body has been read and prepared.</summary>
    public Histogram.Child Preprocess { get; } = Make(factory, label, "request_preprocess_duration_milliseconds", "Time to read and prepare a request's body, in milliseconds.", StepMs);

    /// <summary>Milliseconds that a request waited for room, without those of the last answer of the placer.</summary>
    public Histogram.Child Queue { get; } = Make(factory, label, "request_queue_duration_milliseconds", "Time that a request waited for room in an engine, in milliseconds.", QueueMs);

    /// <summary>Milliseconds that the last answer of the placer took.</summary>
    public Histogram.Child Schedule { get; } = Make(factory, label, "request_schedule_duration_milliseconds", "Time that the scheduler's last decision on a request took, in milliseconds.", StepMs);

    /// <summary>Milliseconds from the last token to the end of the answer.</summary>
    public Histogram.Child Postprocess { get; } = Make(factory, label, "request_postprocess_duration_milliseconds", "Time from a request's last token to the end of its answer, in milliseconds.", StepMs);

    /// <summary>Tokens of prompts.</summary>
    public Histogram.Child InputTokens { get; } = Make(factory, label, "request_input_tokens", "Tokens of a request's prompt, as its engine counted them.", Tokens);

    /// <summary>Tokens of answers.</summary>
    public Histogram.Child OutputTokens { get; } = Make(factory, label, "request_output_tokens", "Tokens of a request's answer, as its engine counted them.", Tokens);

    /// <summary>Tokens of all prompts.</summary>
    public ICounter InputTokensTotal { get; } = factory.CreateCounter("request_input_tokens_total", "Tokens of all prompts, as the engines counted them.", ["model"]).WithLabels(label);

    /// <summary>Tokens of all answers.</summary>
    public ICounter OutputTokensTotal { get; } = factory.CreateCounter("request_output_tokens_total", "Tokens of all answers, as the engines counted them.", ["model"]).WithLabels(label);

    private static Histogram.Child Make(IMetricFactory factory, string label, string name, string help, double[] buckets) =>
        factory.CreateHistogram(name, help, ["model"], new HistogramConfiguration { Buckets = buckets }).WithLabels(label);
}
