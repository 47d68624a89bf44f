namespace Llumnix.Scheduling.Metrics;

/// <summary>A load metric and the value from which an instance counts as loaded.</summary>
public sealed record LoadCriterion
{
    /// <param name="metric">See <see cref="Metric"/>.</param>
    /// <param name="threshold">See <see cref="Threshold"/>.</param>
    public LoadCriterion(string metric, double threshold)
    {
        Metric = metric;
        Threshold = threshold;
    }

    /// <summary>The metric's name in the catalogue; lower is better.</summary>
    public string Metric
    {
        get;
        init
        {
            field = value;
            IsMetricSet = true;
        }
    }

    /// <summary>In the metric's own unit; an instance is below it or not.</summary>
    public double Threshold { get; init; }

    private bool IsMetricSet { get; init; }

    /// <summary>A criterion whose metric counts as not set.</summary>
    internal static LoadCriterion Default(string metric, double threshold) => new(metric, threshold) { IsMetricSet = false };

    /// <summary>The criterion with another default of <see cref="Metric"/>; it stays when it was set.</summary>
    public LoadCriterion WithDefaultMetric(string metric) => IsMetricSet ? this : this with { Metric = metric };
}
