using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Counters and histograms of decisions.</summary>
internal sealed class SchedulerTelemetry
{
    private readonly Counter _scheduled;
    private readonly Counter.Child[] _failed;
    private readonly Histogram _duration;
    private readonly SelectedInstanceHistograms[] _selected;

    /// <param name="factory">Makes the metrics.</param>
    /// <param name="mode"><c>full</c> or <c>lite</c>, in the name of the duration.</param>
    internal SchedulerTelemetry(IMetricFactory factory, string mode)
    {
        _scheduled = factory.CreateCounter("scheduler_scheduling_total", "Requests for a placement.");
        Counter failed = factory.CreateCounter(
            "scheduler_scheduling_failed_total", "Requests that were not placed, by reason.", ["error_type"]);
        _failed =
        [
            failed.WithLabels("unknown"),
            failed.WithLabels("endpoint_not_found"),
            failed.WithLabels("no_available_endpoint"),
            failed.WithLabels("cms_not_available"),
        ];
        _duration = factory.CreateHistogram(
            $"request_{mode}_mode_schedule_duration_milliseconds",
            "Time of a decision, waiting for the lock included.",
            new HistogramConfiguration { Buckets = Buckets.DurationMs });
        _selected =
        [
            new SelectedInstanceHistograms(factory, InferType.Neutral),
            new SelectedInstanceHistograms(factory, InferType.Prefill),
            new SelectedInstanceHistograms(factory, InferType.Decode),
        ];
    }

    internal void OnScheduled(ScheduleOutcome outcome, in Placement placement, TimeSpan duration)
    {
        _scheduled.Inc();
        _duration.Observe(duration.TotalMilliseconds);
        if (outcome != ScheduleOutcome.Placed)
        {
            _failed[(int)outcome].Inc();
            return;
        }

        Observe(placement.First);
        if (placement.Second is { } second)
        {
            Observe(second);
        }
    }

    /// <summary>A request failed for a reason that no outcome names: a bug.</summary>
    internal void OnUnknownFailure() => _failed[0].Inc();

    private void Observe(in PlacedInstance placed)
    {
        if (placed.Load is { } load)
        {
            _selected[(int)placed.Role].Observe(in load);
        }
    }
}
