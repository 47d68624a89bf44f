using Llumnix.Scheduling.Calibration;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Gauges of predicted against actual latencies, set at each scrape. When an instance leaves, its series are removed.</summary>
internal sealed class CalibrationGauges
{
    private readonly Gauge _error;
    private readonly Counter _outcomes;
    private readonly Gauge _coverage;
    private readonly Gauge _eligible;
    private readonly Gauge _ratio;
    private readonly Gauge _drifted;
    private readonly Gauge _withheld;
    private readonly Gauge _fitted;
    private readonly Gauge _class;
    private HashSet<(string Id, string Class, string Table)> _shown = [];

    internal CalibrationGauges(IMetricFactory factory)
    {
        _error = factory.CreateGauge(
            "scheduler_latency_error_ratio", "Quantile of actual over predicted latency of requests, by class of instances.", ["class", "latency", "quantile"]);
        _outcomes = factory.CreateCounter(
            "scheduler_latency_outcomes_total", "Actual latencies of requests that were compared with their prediction.", ["class", "latency"]);
        _coverage = factory.CreateGauge(
            "scheduler_latency_bound_coverage_ratio",
            "Share of the recent actual latencies within the bound that they are to keep with the probability of --slo-confidence (0.9 unless given).",
            ["class", "latency"]);
        _eligible = factory.CreateGauge(
            "scheduler_latency_eligible_ratio",
            "Largest predicted latency, as a share of the target, with which the target holds with the probability of --slo-confidence (0.9 unless given).",
            ["class", "latency"]);
        _ratio = factory.CreateGauge(
            "scheduler_latency_table_ratio", "Measured step times of the instance over those of the profiling table.", ["instance_id", "table"]);
        _drifted = factory.CreateGauge(
            "scheduler_latency_drifted", "1 while the instance's measured step times are more than 15 percent from those of the profiling table, else 0.", ["instance_id", "table"]);
        _withheld = factory.CreateGauge(
            "scheduler_latency_correction_withheld",
            "1 while the table is not corrected for the instance because it has lately been nearer to the measured times than the correction, else 0.",
            ["instance_id", "table"]);
        _fitted = factory.CreateGauge(
            "scheduler_latency_correction_fitted",
            "1 while a linear form of batch and tokens, fitted over the class, corrects the table for the instance in place of a factor, else 0.",
            ["instance_id", "table"]);
        _class = factory.CreateGauge("scheduler_latency_class", "1 for the class in which the errors of the instance's predictions count.", ["instance_id", "class"]);
    }

    /// <summary>Shows the figures. One call at a time.</summary>
    internal void Show(CalibrationFigures figures)
    {
        foreach (LatencyErrorFigures errors in figures.Errors)
        {
            _error.WithLabels(errors.Class, errors.Latency, "0.5").Set(errors.Median);
            _error.WithLabels(errors.Class, errors.Latency, "0.9").Set(errors.High);
            _error.WithLabels(errors.Class, errors.Latency, "0.99").Set(errors.Highest);
            _outcomes.WithLabels(errors.Class, errors.Latency).IncTo(errors.Outcomes);
            _coverage.WithLabels(errors.Class, errors.Latency).Set(errors.Coverage);
            _eligible.WithLabels(errors.Class, errors.Latency).Set(errors.EligibleShare);
        }

        var shown = new HashSet<(string Id, string Class, string Table)>(figures.Tables.Count);
        foreach (TableErrorFigures table in figures.Tables)
        {
            shown.Add((table.InstanceId, table.Class, table.Table));
            _ratio.WithLabels(table.InstanceId, table.Table).Set(table.Ratio);
            _drifted.WithLabels(table.InstanceId, table.Table).Set(table.IsDrifted ? 1 : 0);
            _withheld.WithLabels(table.InstanceId, table.Table).Set(table.IsWithheld ? 1 : 0);
            _fitted.WithLabels(table.InstanceId, table.Table).Set(table.IsFitted ? 1 : 0);
            _class.WithLabels(table.InstanceId, table.Class).Set(1);
        }

        foreach ((string id, string name, string table) in _shown.Except(shown))
        {
            _ratio.RemoveLabelled(id, table);
            _drifted.RemoveLabelled(id, table);
            _withheld.RemoveLabelled(id, table);
            _fitted.RemoveLabelled(id, table);
            _class.RemoveLabelled(id, name);
        }

        _shown = shown;
    }
}
