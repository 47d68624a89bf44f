using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Counters and histograms of decisions.</summary>
public sealed class SchedulerTelemetry
{
    private readonly Counter _scheduled;
    private readonly Counter.Child[] _failed;
    private readonly Histogram _duration;
    private readonly SelectedInstanceHistograms[] _selected;
    private readonly Histogram _hitPercent;
    private readonly Histogram _maxHitPercent;

    /// <summary>Makes the metrics.</summary>
    /// <param name="factory">Makes them.</param>
    /// <param name="mode"><c>full</c> or <c>lite</c>, part of the duration's name.</param>
    public SchedulerTelemetry(IMetricFactory factory, string mode)
    {
        _scheduled = factory.CreateCounter("scheduler_scheduling_total", "Requests for a placement, placed or not.");
        Counter failed = factory.CreateCounter(
            "scheduler_scheduling_failed_total", "Requests that were not placed, by reason.", ["error_type"]);
        _failed =
        [
            failed.WithLabels("unknown"),
            failed.WithLabels("endpoint_not_found"),
            failed.WithLabels("no_available_endpoint"),
            failed.WithLabels("cms_not_available"),
            failed.WithLabels("held"),
            failed.WithLabels("prompt_too_long"),
            failed.WithLabels("all_excluded"),
        ];
        _duration = factory.CreateHistogram(
            $"request_{mode}_mode_schedule_duration_milliseconds",
            "Time of a decision, the wait for the lock included, in milliseconds.",
            new HistogramConfiguration { Buckets = Buckets.DurationMs });
        var percent = new HistogramConfiguration { Buckets = Buckets.Percent };
        _hitPercent = factory.CreateHistogram(
            "request_prefix_cache_hit_percent", "Share of the prompt that the chosen prefill instance holds, in percent.", percent);
        _maxHitPercent = factory.CreateHistogram(
            "request_max_prefix_cache_hit_percent", "Share of the prompt that the host with the longest prefix holds, in percent.", percent);
        _selected =
        [
            new SelectedInstanceHistograms(factory, InferType.Neutral),
            new SelectedInstanceHistograms(factory, InferType.Prefill),
            new SelectedInstanceHistograms(factory, InferType.Decode),
        ];
    }

    /// <summary>Lets a scheduler decide, and counts what comes of it.</summary>
    /// <param name="scheduler">Decides.</param>
    /// <param name="request">The request.</param>
    /// <param name="placement">Where it goes.</param>
    /// <param name="time">The clock that the decision is timed by.</param>
    public ScheduleOutcome Schedule(IRequestScheduler scheduler, in PlacementRequest request, out Placement placement, TimeProvider time)
    {
        long start = time.GetTimestamp();
        ScheduleOutcome outcome;
        try
        {
            outcome = scheduler.Schedule(in request, out placement);
        }
        catch
        {
            // A bug, which no outcome names.
            _failed[0].Inc();
            throw;
        }

        OnScheduled(outcome, in placement, time.GetElapsedTime(start));
        OnHits(in request, outcome, in placement);
        return outcome;
    }

    private void OnScheduled(ScheduleOutcome outcome, in Placement placement, TimeSpan duration)
    {
        _scheduled.Inc();
        _duration.Observe(duration.TotalMilliseconds);
        if (outcome != ScheduleOutcome.Placed)
        {
            _failed[(int)outcome].Inc();
            return;
        }

        PlacedInstance first = placement.First;
        _selected[(int)first.Role].Observe(in first);
        if (placement.Second is { } second)
        {
            _selected[(int)second.Role].Observe(in second);
        }
    }

    /// <summary>Records the prefix hits of a placed prompt that was looked up.</summary>
    private void OnHits(in PlacementRequest request, ScheduleOutcome outcome, in Placement placement)
    {
        if (outcome != ScheduleOutcome.Placed || request.PromptTokens == 0 || (request.PrefixHits is null && request.Prefix.IsEmpty))
        {
            return;
        }

        _hitPercent.Observe(100.0 * placement.First.PrefixHitTokens / request.PromptTokens);
        if (request.PrefixHits is StoredPrefixHits hits)
        {
            _maxHitPercent.Observe(100.0 * Math.Min(hits.Longest, request.PromptTokens) / request.PromptTokens);
        }
    }
}
